import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { makeRemote, type Remote, serveRemote } from './remote.ts'
import { runAction } from './runAction.ts'

type Result = Record<string, unknown>

interface Given {
  /** What the steps before gave, by their titles. */
  readonly before: ReadonlyMap<string, { result: Result; commit: string; eventId: string }>
}

interface Step {
  readonly title: string
  readonly inputs: (given: Given) => Record<string, string>
  readonly check: (result: Result, given: Given) => void
  readonly writes?: boolean
}

const of = ({ before }: Given, title: string) => before.get(title)!

const steps: readonly Step[] = [
  {
    title: 'insert',
    writes: true,
    inputs: () => ({ operation: 'INSERT', table: 'stock', record: '{"_id":"cup","n":1,"tags":["x"]}' }),
    check: (result) => assert.equal(result._id, 'cup'),
  },
  {
    title: 'get',
    inputs: () => ({ operation: 'GET', table: 'stock', id: 'cup' }),
    check: (result) => assert.match(String(result.blob), /^[0-9a-f]{40}$/),
  },
  {
    title: 'patch',
    writes: true,
    inputs: (given) => ({
      operation: 'PATCH',
      table: 'stock',
      id: 'cup',
      patch: '[{"op":"test","path":"/n","value":1},{"op":"replace","path":"/n","value":2}]',
      if_match: String(of(given, 'get').result.blob),
    }),
    check: (result) => assert.equal(result.n, 2),
  },
  {
    title: 'transact',
    writes: true,
    inputs: () => ({
      operation: 'TRANSACT',
      operations:
        '[{"operation":"INSERT","table":"stock","record":{"_id":"jug","n":7}},{"operation":"PATCH","table":"stock","id":"cup","patch":{"n":3}}]',
    }),
    check: (result) => assert.equal((result.results as []).length, 2),
  },
  {
    title: 'page',
    inputs: () => ({
      operation: 'FINDMANY',
      table: 'stock',
      sort: '{"n":-1}',
      limit: '1',
      skip: '0',
      project: '{"n":1}',
      blobs: 'true',
    }),
    check: (result) => {
      assert.deepEqual([result.count, result.records], [2, [{ _id: 'jug', n: 7 }]])
      assert.equal((result.blobs as []).length, 1)
    },
  },
  {
    title: 'count',
    inputs: (given) => ({ operation: 'COUNT', table: 'stock', at: of(given, 'patch').commit }),
    check: (result) => assert.deepEqual(result, { count: 1 }),
  },
  {
    title: 'past',
    inputs: (given) => ({ operation: 'GET', table: 'stock', id: 'cup', at: of(given, 'insert').commit.slice(0, 12) }),
    check: (result) => assert.equal((result.record as Result).n, 1),
  },
  {
    title: 'history',
    inputs: () => ({ operation: 'HISTORY', table: 'stock', id: 'cup', limit: '2' }),
    check: ({ versions, more }, given) => {
      const listed = versions as Result[]
      assert.deepEqual(
        [more, listed.map(({ commit }) => commit)],
        [true, [of(given, 'transact').commit, of(given, 'patch').commit]],
      )
      assert.equal((listed[0]!.event as Result).id, of(given, 'transact').eventId)
    },
  },
  {
    title: 'diff',
    inputs: () => ({ operation: 'DIFF', table: 'stock', id: 'cup' }),
    check: ({ patch }) => assert.ok((patch as Result[]).some(({ path, value }) => path === '/n' && value === 3)),
  },
  {
    title: 'revert',
    writes: true,
    inputs: (given) => ({ operation: 'REVERT', event: of(given, 'transact').eventId }),
    check: (result, given) => assert.equal(result.revertedCommit, of(given, 'transact').commit),
  },
  {
    title: 'changes',
    inputs: (given) => ({ operation: 'CHANGES', since: of(given, 'transact').commit }),
    check: ({ commits, next }, given) => {
      const [only] = commits as Result[]
      assert.deepEqual([only!.commit, next], [of(given, 'revert').commit, of(given, 'revert').commit])
      assert.deepEqual(
        (only!.changes as Result[]).map(({ id, kind }) => [id, kind]),
        [
          ['cup', 'updated'],
          ['jug', 'deleted'],
        ],
      )
    },
  },
]

const servers: Record<string, (t: TestContext, remote: Remote) => Promise<string>> = {
  'file://': async (_t, remote) => remote.server,
  'HTTP, where the server filters': async (t, remote) => {
    for (const setting of ['uploadpack.allowFilter', 'uploadpack.allowAnySHA1InWant'])
      await remote.git('config', setting, 'true')
    return await serveRemote(t, remote, 'secret')
  },
}

for (const [name, serve] of Object.entries(servers))
  test(`the operations beyond the predecessor's, by their inputs, on a remote behind ${name}`, async (t) => {
    const remote = await makeRemote(t)
    const server = await serve(t, remote)
    const before: Map<string, { result: Result; commit: string; eventId: string }> = new Map()
    for (const { title, inputs, check, writes = false } of steps) {
      const step = await runAction(t, { server, inputs: { github_token: 'secret', ...inputs({ before }) } })
      assert.equal(step.status, 0, `${title}: ${step.log}`)
      const result = JSON.parse(step.outputs.result!)
      check(result, { before })
      assert.equal(step.outputs.commit !== '', writes, title)
      before.set(title, { result, commit: step.outputs.commit!, eventId: step.outputs.event_id! })
    }
    await remote.git('fsck', '--full', '--strict')
  })

test('an input that the operation does not take is refused: a precondition is never left out in silence', async (t) => {
  const { server } = await makeRemote(t)
  const run = (inputs: Record<string, string>) =>
    runAction(t, { server, inputs: { github_token: 'unused', ...inputs } })
  const refused = await run({ operation: 'DROPTABLE', table: 'stock', if_match: '0'.repeat(40) })
  assert.match(refused.errors.join(), /DROPTABLE has no parameter 'ifMatch'; it takes table/)
  const unreadable = await run({ operation: 'TRANSACT', operations: '[{' })
  assert.match(unreadable.errors.join(), /input 'operations' is not JSON/)
  const failed = await run({ operation: 'PATCH', table: 'stock', id: 'x', patch: '{}' })
  assert.match(failed.errors.join(), /PATCH was refused \(not_found\): there is no 'x' in stock to patch/)
})
