import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { receiptOf } from './receipt.ts'
import { makeRemote } from './remote.ts'
import { dispatched, runAction } from './runAction.ts'
import { workspaceWith } from './workspace.ts'

for (const [what, statement] of Object.entries({
  'a promise that nobody awaits': `Promise.reject(new Error('lost')); await new Promise(() => {})`,
  'a timer': `setTimeout(() => { throw new Error('lost') }, 1); await new Promise(() => {})`,
})) {
  test(`a handler that fails in ${what} ends red as one that throws: one annotation, and its receipt says why`, async (t) => {
    const { step, remote } = await handle(t, `export async function e(event, tx) { ${statement} }`)
    assert.equal(step.status, 1, step.log)
    assert.deepEqual(step.errors, ['e failed (internal): lost'])
    assert.equal((await receiptOf(remote, 'e1'))?.status, 'failed')
  })
}

for (const [what, module] of Object.entries({
  'a handler that ends the process': 'export function e() { process.exit(0) }',
  'a module that ends the process': 'process.exit(0)',
  'a module that waits for what never comes': 'await new Promise(() => {}); export function e() {}',
})) {
  test(`${what} ends red: one annotation, which names the input`, async (t) => {
    const { step } = await handle(t, module)
    assert.equal(step.status, 1, step.log)
    assert.equal(step.errors.length, 1, step.log)
    assert.match(step.errors[0]!, /'handlers'/)
    assert.ok(step.log.length < 2_000, 'no dump of the bundle')
  })
}

async function handle(t: TestContext, module: string) {
  const remote = await makeRemote(t)
  const step = await runAction(t, {
    server: remote.server,
    workspace: await workspaceWith(t, { 'h.mjs': `${module}\nexport const settings = { e: { retries: 0 } }` }),
    ...dispatched('e', { event_id: 'e1' }),
    inputs: { handlers: 'h.mjs' },
  })
  return { step, remote }
}
