import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { allowFilters, makeRemote, serveRemote } from './remote.ts'
import { runAction } from './runAction.ts'

const token = 'ghs_TheTokenThatNobodyMaySee0123456789'
const upsert = { operation: 'UPSERT', table: 'stock', record: '{"_id":"a"}', github_token: token }

for (const { empty, branch } of [
  { empty: false, branch: 'trunk' },
  { empty: true, branch: 'main' },
  { empty: true, branch: 'trunk' },
]) {
  test(`a${empty ? 'n empty' : ''} repository whose default branch is '${branch}' gets the record there`, async (t) => {
    const remote = await makeRemote(t, { empty, branch })
    const step = await runAction(t, { server: remote.server, inputs: upsert })
    assert.equal(step.status, 0, step.log)
    assert.equal(JSON.parse(await remote.git('show', `${branch}:db/stock/a.json`))._id, 'a')
    assert.deepEqual((await remote.git('for-each-ref', '--format=%(refname)')).trim().split('\n'), [
      'refs/commitbase/receipts',
      `refs/heads/${branch}`,
    ])
    await remote.git('fsck', '--full', '--strict')
  })
}

test('a read of an empty repository finds nothing and makes nothing', async (t) => {
  const remote = await makeRemote(t, { empty: true })
  const step = await runAction(t, {
    server: remote.server,
    inputs: { operation: 'FINDMANY', table: 'stock', github_token: token },
  })
  assert.equal(step.status, 0, step.log)
  assert.deepEqual(JSON.parse(step.outputs.result!), { found: false, count: 0, records: [] })
  assert.equal(await remote.git('for-each-ref'), '')
})

test('a write into a table of many folders is ten requests, the push with them', async (t) => {
  const remote = await makeRemote(t)
  await allowFilters(remote)
  const requests: string[] = []
  const server = await serveRemote(t, remote, token, (request) => void requests.push(request))
  const records = Array.from({ length: 1_500 }, (_, place) => ({ _id: `r${place}`, place }))
  const operations = records.map((record) => ({ operation: 'UPSERT', table: 'stock', record }))
  for (const part of [operations.slice(0, 800), operations.slice(800)]) {
    const inputs = { operation: 'TRANSACT', operations: JSON.stringify(part), github_token: token }
    const loaded = await runAction(t, { server, inputs })
    assert.equal(loaded.status, 0, loaded.log)
  }
  requests.splice(0)
  const step = await runAction(t, { server, inputs: { ...upsert, record: '{"_id":"r7","place":-7}' } })
  assert.equal(step.status, 0, step.log)
  // What the server can do and its refs; commits, roots, folders (3 times), record; the push.
  const reads = ['GET info/refs', ...Array.from({ length: 7 }, () => 'POST git-upload-pack')]
  assert.deepEqual(requests, [...reads, 'GET info/refs', 'POST git-receive-pack'])
  await remote.git('fsck', '--full', '--strict')
})

test('over smart HTTP the token is in no log, summary, output, object, config file or process list', async (t) => {
  const remote = await makeRemote(t)
  const server = await serveRemote(t, remote, token)
  const processes = watchProcesses()
  const step = await runAction(t, { server, inputs: { ...upsert, verbose: 'true' } })
  const seen = await processes.stop()
  assert.equal(step.status, 0, step.log)
  assert.match(await remote.git('show', 'main:db/stock/a.json'), /"_id": "a"/)
  const forms = [token, Buffer.from(`x-access-token:${token}`).toString('base64')]
  // The runner takes the lines that tell it what to mask out of the log.
  const log = step.log.replaceAll(/^::add-mask::.*$/gm, '')
  const objects = await remote.git('cat-file', '--batch-all-objects', '--batch')
  const config = await readFile(join(remote.folder, 'config'), 'utf8')
  assert.ok(
    seen.some((line) => line.includes('push')),
    'the watcher saw the push',
  )
  for (const text of [log, step.summary, JSON.stringify(step.outputs), objects, config, seen.join('\n')]) {
    for (const form of forms) assert.equal(text.includes(form), false)
  }
  for (const form of forms) assert.match(step.log, new RegExp(`^::add-mask::${form}$`, 'm'))
})

test('a token that the server refuses ends red, with one annotation that does not show it', async (t) => {
  const remote = await makeRemote(t)
  const server = await serveRemote(t, remote, token)
  const wrong = `${token}-wrong`
  const step = await runAction(t, { server, inputs: { ...upsert, github_token: wrong } })
  assert.equal(step.status, 1)
  assert.equal(step.errors.length, 1, step.log)
  assert.match(step.errors[0]!, /github_token|token/)
  assert.equal(step.log.replaceAll(/^::add-mask::.*$/gm, '').includes(wrong), false)
})

test('a write over HTTP without a token ends red and names the input', async (t) => {
  const step = await runAction(t, { server: 'http://127.0.0.1:9', inputs: { ...upsert, github_token: '' } })
  assert.equal(step.status, 1)
  assert.deepEqual(step.errors.length, 1)
  assert.match(step.errors[0]!, /UPSERT needs the input 'github_token'/)
})

test('a server that is not there ends red, with one annotation', async (t) => {
  const step = await runAction(t, { server: 'http://127.0.0.1:9', inputs: upsert })
  assert.equal(step.status, 1)
  assert.equal(step.errors.length, 1, step.log)
  assert.match(step.errors[0]!, /127\.0\.0\.1:9/)
})

/** Reads the command lines of all processes again and again. */
function watchProcesses() {
  const seen = new Set<string>()
  let watching = true
  const done = (async () => {
    while (watching) {
      for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
        seen.add((await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' '))
      }
    }
  })()
  return {
    stop: async () => {
      watching = false
      await done
      return [...seen]
    },
  }
}
