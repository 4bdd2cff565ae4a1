import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileResource } from '../compile/compileResource.ts'
import {
  end,
  flow,
  linkCatch,
  linkThrow,
  model,
  type Part,
  parallel,
  serviceTask,
  start,
  subProcess,
} from '../testing/bpmn.ts'
import { given } from '../testing/engine.ts'

const problemsOf = async (...parts: Part[]) => {
  const { problems } = await compileResource({ name: 'x.bpmn', content: model('p', ...parts) })
  return problems?.replace("'x.bpmn': ", '')
}

test('a token goes on at the catch event of the link, without a flow', async () => {
  const engine = await given(
    model('p', start(), linkThrow('out', 'a'), linkCatch('in', 'a'), end(), flow('start -> out'), flow('in -> end')),
  )
  engine.create('p')
  assert.deepEqual(
    engine.lived().filter((life) => /^(out|in) /.test(life)),
    ['out', 'in'].flatMap((id) => ['ACTIVATING', 'ACTIVATED', 'COMPLETING', 'COMPLETED'].map((s) => `${id} ${s}`)),
  )
  const told = engine.records.filter(({ value }) => value.bpmnEventType === 'LINK')
  assert.equal(told.length, 8)
  assert.equal(engine.finished[0]?.outcome, 'completed')
})

test('links of one name all lead to its catch event, and the scope ends with the last token', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      parallel('fork'),
      linkThrow('one', 'a'),
      linkThrow('two', 'a', { outputs: { seen: '=1' } }),
      end('other'),
      linkCatch('in', 'a'),
      serviceTask('work'),
      end(),
      flow('start -> fork -> one'),
      flow('fork -> two'),
      flow('fork -> other'),
      flow('in -> work -> end'),
    ),
  )
  engine.create('p')
  await engine.restart()
  for (const job of engine.jobs('work')) {
    assert.equal(engine.finished.length, 0)
    assert.equal(job.variables.seen, 1)
    engine.complete(job)
  }
  assert.equal(engine.lived('in').length, 8)
  assert.equal(engine.finished.length, 1)
})

test('a loop of links ends with an incident', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      linkThrow('out', 'a'),
      linkCatch('in', 'a'),
      linkThrow('again', 'a'),
      flow('start -> out'),
      flow('in -> again'),
    ),
  )
  engine.create('p')
  assert.match(engine.incident().message, /entered 1000 times without waiting/)
})

test('refuses a link without name, one that leads nowhere or out of its scope, and two catch events of one name', async () => {
  const throwing = [start(), linkThrow('out', 'a'), flow('start -> out')]
  assert.equal(
    await problemsOf(start(), linkThrow('out', ''), flow('start -> out')),
    '- Element: out > linkEventDefinition\n    - ERROR: Link name must be present and not empty.\n',
  )
  assert.equal(
    await problemsOf(...throwing),
    "- Element: p\n    - ERROR: Can't find an catch link event for the throw link event with the name 'a'.\n",
  )
  const inner = subProcess('sub', {}, start('s'), linkCatch('in', 'a'), end('e'), flow('s -> e'))
  assert.equal(
    await problemsOf(...throwing, inner),
    "- Element: p\n    - ERROR: Can't find an catch link event for the throw link event with the name 'a'.\n",
  )
  assert.equal(
    await problemsOf(...throwing, linkCatch('in1', 'a'), linkCatch('in2', 'a')),
    "- Element: p\n    - ERROR: Multiple intermediate catch link event definitions with the same name 'a' are not allowed.\n",
  )
  assert.match(
    (await problemsOf(...throwing, linkCatch('in1', 'a'), inner)) ?? '',
    /^- Element: p\n.*same name 'a' are not allowed\.\n$/,
  )
})
