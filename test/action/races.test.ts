import assert from 'node:assert/strict'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { countReceipts } from './receipt.ts'
import { makeRemote, serveRemote } from './remote.ts'
import { dispatched, runAction } from './runAction.ts'
import { workspaceWith } from './workspace.ts'

const github_token = 'the-token'

test('eight runs at once on one repository all succeed, and none overwrites another', async (t) => {
  const remote = await makeRemote(t)
  const server = await serveRemote(t, remote, github_token)
  const workspace = await workspaceWith(t, {
    'h.mjs': `export async function counted(event, tx) {
      const { n = 0 } = (await tx.get('counter', 'c')) ?? {}
      return tx.upsert('counter', { _id: 'c', n: n + 1 })
    }`,
  })
  const handlers = [1, 2, 3, 4].map((n) =>
    runAction(t, {
      server,
      workspace,
      ...dispatched('counted', { event_id: `e${n}` }),
      inputs: { handlers: 'h.mjs', github_token },
    }),
  )
  const operations = [1, 2, 3, 4].map((n) =>
    runAction(t, { server, inputs: { operation: 'UPSERT', table: 'stock', record: `{"_id":"p${n}"}`, github_token } }),
  )
  const steps = await Promise.all([...handlers, ...operations])
  for (const step of steps) assert.equal(step.status, 0, step.log)
  assert.equal(new Set(steps.map(({ outputs }) => outputs.commit)).size, 8)
  assert.equal(await remote.git('rev-list', '--count', 'main'), '9\n')
  assert.equal(JSON.parse(await remote.git('show', 'main:db/counter/c.json')).n, 4)
  assert.equal(await countReceipts(remote), 8)
  await remote.git('fsck', '--full', '--strict')
})

test('a run that loses the race evaluates its operation again on what won', async (t) => {
  const remote = await makeRemote(t)
  const first = {
    server: remote.server,
    inputs: { operation: 'UPSERT', table: 'stock', record: '{"_id":"a"}', github_token },
  }
  assert.equal((await runAction(t, first)).status, 0)
  await loseFirstPush(remote.folder, await rivalCommit(remote))
  const step = await runAction(t, {
    server: remote.server,
    inputs: { operation: 'UPDATEMANY', table: 'stock', record: '{"shelf":1}', query: '{}', github_token },
  })
  assert.equal(step.status, 0, step.log)
  assert.deepEqual(JSON.parse(step.outputs.result!).updatedRecordIds, ['a', 'rival'])
  assert.match(await remote.git('log', '--format=%s', 'main'), /^.*\nRival\n/)
})

/** A commit on top of main that nothing names yet: it adds a record. */
async function rivalCommit(remote: Awaited<ReturnType<typeof makeRemote>>): Promise<string> {
  const blob = (await remote.git('rev-parse', 'main:db/stock/a.json')).trim()
  const text = (await remote.git('cat-file', 'blob', blob)).replace('"a"', '"rival"')
  const file = join(remote.folder, 'rival.json')
  await writeFile(file, text)
  const index = ['-c', 'core.bare=false', '--work-tree=/']
  const oid = (await remote.git('hash-object', '-w', file)).trim()
  await remote.git(...index, 'read-tree', 'main')
  await remote.git(...index, 'update-index', '--add', '--cacheinfo', `100644,${oid},db/stock/rival.json`)
  const tree = (await remote.git(...index, 'write-tree')).trim()
  return (
    await remote.git('-c', 'user.name=R', '-c', 'user.email=r@b', 'commit-tree', tree, '-p', 'main', '-m', 'Rival')
  ).trim()
}

/** While the first push is under way, the rival's commit takes the branch. */
async function loseFirstPush(folder: string, rival: string): Promise<void> {
  const hook = join(folder, 'hooks', 'pre-receive')
  await writeFile(hook, `#!/bin/sh\nrm "$0"\nunset GIT_QUARANTINE_PATH\nexec git update-ref refs/heads/main ${rival}\n`)
  await chmod(hook, 0o755)
}
