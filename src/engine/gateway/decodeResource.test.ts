import assert from 'node:assert/strict'
import { test } from 'node:test'
import { end, flow, model, serviceTask, start } from '../testing/bpmn.ts'
import { startTestEngine } from '../testing/testEngine.ts'

const greeting = model('greeting', start(), serviceTask('task', 'grüße'), end(), flow('start -> task -> end'))
const saidToBe = (encoding: string) => greeting.replace('encoding="UTF-8"', `encoding="${encoding}"`)

for (const [title, content] of [
  ['UTF-8', Buffer.from(greeting)],
  ['UTF-8 with a mark', Buffer.from(`\ufeff${greeting}`)],
  ['UTF-8, whose declaration says UTF-16', Buffer.from(saidToBe('UTF-16'))],
  ['ISO-8859-1, which its declaration names', Buffer.from(saidToBe('ISO-8859-1'), 'latin1')],
  ['UTF-16, which its mark tells', Buffer.from(`\ufeff${saidToBe('UTF-16')}`, 'utf16le')],
  ['UTF-16 with the high byte first', Buffer.from(`\ufeff${saidToBe('UTF-16')}`, 'utf16le').swap16()],
] as const) {
  test(`a model is read in ${title}`, async (t) => {
    const { client, create } = await startTestEngine(t)
    await client.call('DeployResource', { resources: [{ name: 'greeting.bpmn', content }] })
    await create('greeting')
    assert.deepEqual(
      (await client.activate('grüße')).map(({ elementId }) => elementId),
      ['task'],
    )
  })
}

test('so is a file of decisions', async (t) => {
  const { client } = await startTestEngine(t)
  const dmn = `<?xml version="1.0" encoding="ISO-8859-1"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="greetings" name="greetings" namespace="http://commitbase">
  <decision id="greeting" name="greeting"><literalExpression id="text"><text>"grüße"</text></literalExpression></decision>
</definitions>`
  await client.call('DeployResource', { resources: [{ name: 'greetings.dmn', content: Buffer.from(dmn, 'latin1') }] })
  assert.equal((await client.call('EvaluateDecision', { decisionId: 'greeting' })).decisionOutput, '"grüße"')
})

test('what is not of its encoding is refused, and so is one that nobody knows', async (t) => {
  const { client } = await startTestEngine(t)
  for (const [content, encoding] of [
    [Buffer.from(greeting, 'latin1'), 'UTF-8'],
    [Buffer.from(saidToBe('klingon')), 'klingon'],
  ] as const) {
    const { code, details } = await client.refusal('DeployResource', { resources: [{ name: 'g.bpmn', content }] })
    assert.equal(code, 'INVALID_ARGUMENT')
    assert.ok(String(details).endsWith(`\n'g.bpmn': its content is not ${encoding}; save it as UTF-8`), String(details))
  }
})
