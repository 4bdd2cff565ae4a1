import assert from 'node:assert/strict'
import { test } from 'node:test'
import { receiptOf } from './receipt.ts'
import { makeRemote } from './remote.ts'
import { dispatched, runAction } from './runAction.ts'
import { workspaceWith } from './workspace.ts'

const github_token = 'unused'

const operations: readonly { what: string; inputs: Record<string, string>; words: RegExp }[] = [
  { what: 'a table outside', inputs: { operation: 'UPSERT', table: '../x', record: '{}' }, words: /\.\.\/x/ },
  {
    what: 'an id of 129 characters',
    inputs: { operation: 'UPSERT', table: 't', record: JSON.stringify({ _id: 'a'.repeat(129) }) },
    words: /128/,
  },
  {
    what: 'a key __proto__',
    inputs: { operation: 'UPSERT', table: 't', record: '{"__proto__":{"a":1}}' },
    words: /record.*__proto__/,
  },
  {
    what: 'a number of 20 digits',
    inputs: { operation: 'UPSERT', table: 't', record: '{"n":12345678901234567890}' },
    words: /record.*12345678901234567890/,
  },
  {
    what: 'JSON that does not parse',
    inputs: { operation: 'UPSERT', table: 't', record: '{"a":' },
    words: /input 'record'/,
  },
  {
    what: 'a query that is no object',
    inputs: { operation: 'FINDONE', table: 't', query: '[1]' },
    words: /FINDONE.*query/,
  },
  {
    what: 'a missing parameter',
    inputs: { operation: 'UPSERT', table: 't' },
    words: /UPSERT needs 'record'; got table/,
  },
  {
    what: 'two missing parameters',
    inputs: { operation: 'UPDATEONE', table: 't' },
    words: /'record'.*'query'|'query'.*'record'/,
  },
  { what: 'an unknown operation', inputs: { operation: 'DELETE', table: 't' }, words: /DELETE.*DELETEONE/ },
  {
    what: 'a base folder outside',
    inputs: { operation: 'UPSERT', table: 't', record: '{}', basedir: '../x' },
    words: /\.\.\/x/,
  },
  {
    what: 'a base folder that is the repository, while the record is read ahead',
    inputs: { operation: 'UPSERT', table: 't', record: '{"_id":"a"}', basedir: '.' },
    words: /basedir must be a folder inside/,
  },
  {
    what: 'a base folder of GitHub’s',
    inputs: { operation: 'UPSERT', table: 't', record: '{}', basedir: '.github' },
    words: /\.github/,
  },
]

for (const { what, inputs, words } of operations) {
  test(`${what} ends red: one annotation that says what came, no commit, a receipt with the error`, async (t) => {
    const remote = await makeRemote(t)
    const step = await runAction(t, { server: remote.server, inputs: { ...inputs, github_token } })
    await assertRefused(step, words, remote)
    const receipt = await receiptOf(remote, step.outputs.event_id!)
    assert.equal(receipt?.status, 'refused')
    assert.equal(receipt?.error?.code, 'invalid')
    assert.match(receipt!.error!.message, words)
  })
}

test('a record of 2 MiB ends red, and its receipt says how large it was', async (t) => {
  const remote = await makeRemote(t)
  const workspace = await workspaceWith(t, {
    'h.mjs': "export const big = (event, tx) => tx.upsert('t', { _id: 'a', text: 'x'.repeat(2 * 1024 * 1024) })",
  })
  const step = await runAction(t, {
    server: remote.server,
    workspace,
    ...dispatched('big', { event_id: 'e1' }),
    inputs: { handlers: 'h.mjs', github_token },
  })
  await assertRefused(step, /1 MiB|1,048,576/, remote)
  assert.equal((await receiptOf(remote, 'e1'))?.status, 'refused')
})

test('a payload that cannot be kept as it came ends red, and no handler runs', async (t) => {
  const remote = await makeRemote(t)
  const workspace = await workspaceWith(t, { 'h.mjs': "export const a = (event, tx) => tx.upsert('t', event.data)" })
  const event = '{"action":"a","client_payload":{"event_id":"e1","n":12345678901234567890}}'
  const step = await runAction(t, {
    server: remote.server,
    workspace,
    eventName: 'repository_dispatch',
    event,
    inputs: { handlers: 'h.mjs', github_token },
  })
  await assertRefused(step, /12345678901234567890/, remote)
  assert.equal((await receiptOf(remote, 'e1'))?.error?.code, 'invalid')
})

test('a handler that refuses ends red with its words, and nothing of it lands', async (t) => {
  const remote = await makeRemote(t)
  const workspace = await workspaceWith(t, {
    'h.mjs':
      "export async function a(event, tx) { await tx.upsert('t', { _id: 'x' }); tx.refuse('conflict', 'sold out') }",
  })
  const step = await runAction(t, {
    server: remote.server,
    workspace,
    ...dispatched('a', { event_id: 'e1' }),
    inputs: { handlers: 'h.mjs', github_token },
  })
  await assertRefused(step, /a was refused \(conflict\): sold out/, remote)
  assert.equal((await receiptOf(remote, 'e1'))?.error?.message, 'sold out')
})

test('nothing in a payload becomes a command to the runner, or markup in the summary', async (t) => {
  const remote = await makeRemote(t)
  const type = '::error::<img src=x>'
  const workspace = await workspaceWith(t, {
    'h.mjs': `export { a as '${type}' }\nasync function a(event, tx) { return event.data }`,
  })
  const payload = { event_id: 'a\n::error::b', text: '</pre><script>' }
  const step = await runAction(t, {
    server: remote.server,
    workspace,
    ...dispatched(type, payload),
    inputs: { handlers: 'h.mjs', github_token, verbose: 'true' },
  })
  assert.equal(step.status, 0, step.log)
  assert.deepEqual(step.errors, [])
  assert.doesNotMatch(step.summary, /<img|<script/)
  assert.equal(step.outputs.event_id, payload.event_id)
})

test('a summary that cannot be written is a warning: what has landed is no failure', async (t) => {
  const remote = await makeRemote(t)
  const inputs = { operation: 'UPSERT', table: 't', record: '{"_id":"a"}', github_token }
  const env = { GITHUB_STEP_SUMMARY: '/nowhere/summary' }
  const step = await runAction(t, { server: remote.server, inputs, env })
  assert.deepEqual([step.status, step.errors], [0, []], step.log)
  assert.match(step.warnings.join(), /^the job's summary could not be written: .*\/nowhere\/summary/)
  assert.equal(step.outputs.commit, (await remote.git('rev-parse', 'main')).trim())
})

const workflows: readonly { what: string; options: Partial<Parameters<typeof runAction>[1]>; words: RegExp }[] = [
  { what: 'neither operation nor handlers', options: { inputs: {} }, words: /input 'operation' or input 'handlers'/ },
  {
    what: 'both of them',
    options: { inputs: { operation: 'INIT', handlers: 'h.mjs' } },
    words: /'operation'.*'handlers'/,
  },
  {
    what: 'handlers in a run of a push',
    options: { eventName: 'push', inputs: { handlers: 'h.mjs' } },
    words: /input 'handlers'.*repository_dispatch.*push/,
  },
  {
    what: 'handlers that are not there',
    options: { ...dispatched('a', {}), inputs: { handlers: 'none.mjs' } },
    words: /input 'handlers'.*none\.mjs/,
  },
  {
    what: 'handlers outside of the workspace',
    options: { ...dispatched('a', {}), inputs: { handlers: '../../etc' } },
    words: /input 'handlers'.*workspace/,
  },
  {
    what: 'handlers that do not load',
    options: { ...dispatched('a', {}), inputs: { handlers: 'broken.mjs' } },
    words: /broken\.mjs/,
  },
  { what: 'resend without an engine', options: { inputs: { operation: 'resend' } }, words: /'zeebe_address'/ },
]

for (const { what, options, words } of workflows) {
  test(`${what}: a fault of the workflow ends red and leaves no receipt, so that a mended one can run`, async (t) => {
    const remote = await makeRemote(t)
    const workspace = await workspaceWith(t, {
      'h.mjs': 'export const a = () => {}',
      'broken.mjs': 'export const a = (',
    })
    const step = await runAction(t, {
      server: remote.server,
      workspace,
      ...options,
      inputs: { ...options.inputs, github_token },
    })
    await assertRefused(step, words, remote)
    assert.equal(await remote.git('for-each-ref', 'refs/commitbase'), '')
  })
}

async function assertRefused(
  step: Awaited<ReturnType<typeof runAction>>,
  words: RegExp,
  remote: Awaited<ReturnType<typeof makeRemote>>,
): Promise<void> {
  assert.equal(step.status, 1, step.log)
  assert.equal(step.errors.length, 1, step.log)
  assert.match(step.errors[0]!, words)
  assert.equal(await remote.git('rev-list', '--count', 'main'), '1\n')
}
