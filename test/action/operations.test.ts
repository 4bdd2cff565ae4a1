import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeRemote, type Remote } from './remote.ts'
import { dispatched, runAction, type StepResult } from './runAction.ts'
import { workspaceWith } from './workspace.ts'

/** The ten operations in an order in which each has something to do; `result` without what is made up on the way. */
const steps: readonly {
  operation: string
  inputs: Record<string, string>
  commits: number
  check(result: Result): void
}[] = [
  {
    operation: 'INIT',
    inputs: { tables: 'stock,order' },
    commits: 0,
    check: (result) => {
      assert.deepEqual(result.tables, { stock: 'stock', order: 'order' })
      assert.equal((result.operations as Result).UPSERT, 'UPSERT')
      assert.equal('DELETE' in (result.operations as Result), false)
    },
  },
  {
    operation: 'UPSERT',
    inputs: { table: 'stock', record: '{"_id":"a","level":1}' },
    commits: 1,
    check: ({ _updated, ...record }) => {
      assert.deepEqual(record, { _id: 'a', level: 1 })
      assert.match(String(_updated), /^\d{4}-\d\d-\d\dT.*Z$/)
    },
  },
  {
    operation: 'UPSERT',
    inputs: { table: 'stock', record: '{"name":"b"}' },
    commits: 1,
    check: (result) => assert.match(String(result._id), /^[0-9a-f]{8}-[0-9a-f]{4}-7/),
  },
  {
    operation: 'UPSERT',
    inputs: { table: 'stock', record: '{"level":2}', query: '{"level":1}' },
    commits: 1,
    check: (result) => assert.deepEqual([result._id, result.level], ['a', 2]),
  },
  {
    operation: 'FINDONE',
    inputs: { table: 'stock', query: '{"_id":"a"}' },
    commits: 0,
    check: (result) => assert.deepEqual([result.found, result.count, (result.record as Result).level], [true, 1, 2]),
  },
  {
    operation: 'FINDMANY',
    inputs: { table: 'stock' },
    commits: 0,
    check: (result) => assert.deepEqual([result.found, result.count, (result.records as []).length], [true, 2, 2]),
  },
  {
    operation: 'UPDATEONE',
    inputs: { table: 'stock', record: '{"shelf":7}', query: '{"_id":"a"}' },
    commits: 1,
    check: (result) => assert.deepEqual(result, { updatedCount: 1, updatedRecordIds: ['a'] }),
  },
  {
    operation: 'UPDATEMANY',
    inputs: { table: 'stock', record: '{"shelf":8}', query: '{}' },
    commits: 1,
    check: (result) => assert.equal(result.updatedCount, 2),
  },
  {
    operation: 'DELETEONE',
    inputs: { table: 'stock', query: '{"_id":"a"}' },
    commits: 1,
    check: (result) => assert.deepEqual(result, { count: 1, deletedRecordIds: ['a'] }),
  },
  {
    operation: 'DELETEMANY',
    inputs: { table: 'stock', query: '{"shelf":8}' },
    commits: 1,
    check: (result) => assert.equal(result.count, 1),
  },
  { operation: 'UPSERT', inputs: { table: 'order', record: '{"_id":"o"}' }, commits: 1, check: () => {} },
  {
    operation: 'DROPTABLE',
    inputs: { table: 'order' },
    commits: 1,
    check: (result) => assert.deepEqual(result, { table: 'order' }),
  },
  { operation: 'UPSERT', inputs: { table: 'order', record: '{"_id":"o"}' }, commits: 1, check: () => {} },
  { operation: 'DROPDB', inputs: {}, commits: 1, check: (result) => assert.deepEqual(result, { droppedDB: true }) },
]

type Result = Record<string, unknown>

test('each of the ten operations by its inputs: its result, and one commit where it writes', async (t) => {
  const remote = await makeRemote(t)
  for (const { operation, inputs, commits, check } of steps) {
    await t.test(`${operation} ${JSON.stringify(inputs)}`, async () => {
      await assertStep(remote, commits, check, () =>
        runAction(t, { server: remote.server, inputs: { operation, github_token: 'unused', ...inputs } }),
      )
    })
  }
  await remote.git('fsck', '--full', '--strict')
})

test('each of the ten operations by handlers, through the transaction', async (t) => {
  const remote = await makeRemote(t)
  const workspace = await workspaceWith(t, { 'handlers.ts': handlers })
  for (const { operation, inputs, commits, check } of steps) {
    await t.test(`${operation} ${JSON.stringify(inputs)}`, async () => {
      const payload = Object.fromEntries(
        Object.entries(inputs).map(([key, text]) => [key, key.startsWith('table') ? text : JSON.parse(text)]),
      )
      await assertStep(remote, commits, check, () =>
        runAction(t, {
          server: remote.server,
          workspace,
          ...dispatched(operation, payload),
          inputs: { handlers: 'handlers.ts', github_token: 'unused' },
        }),
      )
    })
  }
  await remote.git('fsck', '--full', '--strict')
})

/** The ten as a user would write them; types are stripped by Node. */
const handlers = `
type Event = { data: { table: string; record: Record<string, unknown>; query?: Record<string, unknown> } }
const of = (name: string) => ({ data: { table, record, query } }: Event, tx: any) => (record ? tx[name](table, record, query) : tx[name](table, query))
export const INIT = ({ data }: any) => ({
  operations: { UPSERT: 'UPSERT' },
  tables: Object.fromEntries(data.tables.split(',').map((name: string) => [name, name])),
})
export const UPSERT = of('upsert')
export async function FINDONE({ data }: Event, tx: any) {
  return { found: true, count: await tx.count(data.table, data.query), record: await tx.findOne(data.table, data.query) }
}
export async function FINDMANY({ data }: Event, tx: any) {
  const records = await tx.findMany(data.table)
  return { found: records.length > 0, count: records.length, records }
}
export const UPDATEONE = of('updateOne')
export const UPDATEMANY = of('updateMany')
export const DELETEONE = of('deleteOne')
export const DELETEMANY = of('deleteMany')
export const DROPTABLE = ({ data }: Event, tx: any) => tx.dropTable(data.table)
export const DROPDB = (_event: Event, tx: any) => tx.dropDatabase()
`

async function assertStep(
  remote: Remote,
  commits: number,
  check: (result: Result) => void,
  run: () => Promise<StepResult>,
): Promise<void> {
  const before = await countCommits(remote)
  const step = await run()
  assert.equal(step.status, 0, step.log)
  check(JSON.parse(step.outputs.result!))
  assert.equal((await countCommits(remote)) - before, commits)
  assert.equal(step.outputs.commit, commits === 0 ? '' : (await remote.git('rev-parse', 'main')).trim())
  assert.equal(step.outputs.duplicate, 'false')
  assert.ok(step.outputs.event_id)
}

async function countCommits(remote: Remote): Promise<number> {
  return Number(await remote.git('rev-list', '--count', 'main'))
}
