import assert from 'node:assert/strict'
import { chown, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { eventKey } from '../../src/database/receipts/eventKey.ts'
import type { Hub } from '../../src/hub/hub.ts'
import {
  ask,
  cloneAddress,
  dispatch,
  git,
  newFolder,
  nextHappening,
  receiptOf,
  repository,
  runGit,
  startTestHub,
  tokenFor,
} from '../../src/hub/testing/testHub.ts'

test('a clone brings the records and their history; an edit, a revert and a push work as a person expects', async (t) => {
  const hub = await startTestHub(t)
  await restock(hub, 'sku-1', 1)
  await restock(hub, 'sku-1', 2)
  const work = await clone(t, hub)
  const file = join(work, 'db/stock/sku-1.json')
  assert.equal(JSON.parse(await readFile(file, 'utf8')).stock_level, 2)
  assert.equal((await git(work, 'log', '--oneline', '--', 'db/stock/sku-1.json')).split('\n').length, 2)
  await git(work, 'revert', '--no-edit', 'HEAD')
  const pushed = nextHappening(hub, ({ type }) => type === 'pushed')
  await git(work, 'push')
  const tip = await git(work, 'rev-parse', 'HEAD')
  assert.deepEqual(await pushed, {
    type: 'pushed',
    refs: [{ ref: 'refs/heads/main', from: await git(work, 'rev-parse', 'HEAD~1'), to: tip }],
  })
  const look = await dispatch(hub, 'look', { event_id: 'look', id: 'sku-1' })
  assert.equal(look.status, 204)
  assert.equal(Object((await receiptOf(hub, 'look')).result).stock_level, 1, 'a handler sees what was pushed')
  await restock(hub, 'sku-2', 1)
  await git(work, 'pull', '--ff-only')
  assert.equal(await git(work, 'rev-parse', 'HEAD~1'), tip, 'the next write builds on the push')
  assert.equal((await runGit(hub.folder, 'fsck', '--full', '--strict')).words, '')
})

test('a push that breaks a record is refused with its path and the reason, and nothing moves', async (t) => {
  const hub = await startTestHub(t)
  await restock(hub, 'sku-1', 1)
  const work = await clone(t, hub)
  const before = await git(hub.folder, 'for-each-ref')
  const broken: Record<string, string> = {
    'db/stock/sku-1.json': '{ "_id": "sku-1", ',
    'db/stock/sku-2.json': '{ "_id": "sku-3" }',
    'db/stock/sku-4.json': '["sku-4"]',
  }
  for (const [path, text] of Object.entries(broken)) await writeFile(join(work, path), text)
  await git(work, 'add', '.')
  await git(work, 'commit', '-m', 'Break records')
  const { status, words } = await runGit(work, 'push', 'origin', 'main', 'main:refs/heads/side')
  assert.notEqual(status, 0)
  for (const path of Object.keys(broken)) assert.match(words, new RegExp(`^remote: ${path}: .+`, 'm'))
  assert.match(words, /pre-receive hook declined/)
  await git(work, 'reset', '-q', '--hard', 'origin/main')
  await writeFile(join(work, 'db/.commitbase.json'), '{"foo":1}')
  await git(work, 'add', '.')
  await git(work, 'commit', '-m', 'Break the settings')
  assert.match((await runGit(work, 'push')).words, /^remote: db\/\.commitbase\.json: (?!db).*additional properties/m)
  assert.equal(await git(hub.folder, 'for-each-ref'), before)
})

test('the served branch moves forward only and stays; other branches and tags are free', async (t) => {
  const hub = await startTestHub(t)
  await restock(hub, 'sku-1', 1)
  await restock(hub, 'sku-1', 2)
  const work = await clone(t, hub)
  await git(work, 'checkout', '-q', '-b', 'side', 'HEAD~1')
  await git(work, 'commit', '-q', '--allow-empty', '-m', 'Aside')
  const forced = await runGit(work, 'push', '--force', 'origin', 'side:main')
  assert.match(forced.words, /remote: refs\/heads\/main: it only moves forward/)
  const deleted = await runGit(work, 'push', 'origin', ':main')
  assert.match(deleted.words, /remote: refs\/heads\/main: it cannot be deleted/)
  await git(work, 'tag', 'v1')
  await git(work, 'push', 'origin', 'side', 'v1')
  await git(work, 'commit', '-q', '--amend', '--allow-empty', '-m', 'Aside again')
  await git(work, 'push', '--force', 'origin', 'side')
  await git(work, 'push', 'origin', ':side', ':v1')
  assert.equal(
    await git(hub.folder, 'for-each-ref', 'refs/heads', 'refs/tags', '--format=%(refname)'),
    'refs/heads/main',
  )
})

test('settings of who runs the hub hide nothing, and what is pushed can be read', async (t) => {
  const home = await newFolder(t)
  const settings = '[transfer]\n hideRefs = refs/heads\n[uploadpack]\n hideRefs = refs\n[pack]\n indexVersion = 1\n'
  await writeFile(join(home, '.gitconfig'), settings)
  const environment = { ...process.env, HOME: home, XDG_CONFIG_HOME: home }
  const hub = await startTestHub(t, { environment })
  await restock(hub, 'sku-1', 1)
  const work = await clone(t, hub)
  await writeFile(join(work, 'db/stock/sku-2.json'), '{"_id":"sku-2"}')
  await git(work, 'add', '.')
  await git(work, 'commit', '-m', 'Add a record')
  await git(work, 'push')
  await hub.stop()
  const again = await startTestHub(t, { environment, folder: join(hub.folder, '..') })
  await dispatch(again, 'look', { event_id: 'look', id: 'sku-2' })
  assert.deepEqual((await receiptOf(again, 'look')).result, { _id: 'sku-2' })
})

test('a folder that belongs to another user is served like any other', {
  skip: process.getuid?.() !== 0 && 'only root can give a folder away',
}, async (t) => {
  const hub = await startTestHub(t)
  await restock(hub, 'sku-1', 1)
  await hub.idle()
  await chown(hub.folder, 12_345, 12_345)
  const work = await clone(t, hub)
  await git(work, 'commit', '--allow-empty', '-m', 'By hand')
  await git(work, 'push')
  assert.equal((await ask(hub, `/repos/${repository}`)).status, 200)
})

test('where git fails, the log of the hub says why', async (t) => {
  const home = await newFolder(t)
  const log: string[] = []
  const environment = { ...process.env, HOME: home, XDG_CONFIG_HOME: home }
  const hub = await startTestHub(t, { environment, log: (message) => void log.push(message) })
  await writeFile(join(home, '.gitconfig'), 'no settings')
  assert.equal((await ask(hub, `/${repository}.git/info/refs?service=git-upload-pack`)).status, 500)
  assert.match(log.join('\n'), /info\/refs.* failed: git http-backend gave .*: fatal: bad config/)
  await writeFile(join(home, '.gitconfig'), '')
})

test('a worktree beside the repository shows the branch, and keeps nobody from pushing to it', async (t) => {
  const hub = await startTestHub(t)
  await restock(hub, 'sku-1', 1)
  const work = await clone(t, hub)
  const linked = join(await newFolder(t), 'linked')
  await git(hub.folder, 'worktree', 'add', linked, 'main')
  assert.equal(JSON.parse(await readFile(join(linked, 'db/stock/sku-1.json'), 'utf8')).stock_level, 1)
  assert.match((await runGit(linked, 'commit', '--allow-empty', '-m', 'Past the hub')).words, /in use by process/)
  await restock(hub, 'sku-1', 2)
  await git(work, 'pull', '--ff-only')
  await git(work, 'commit', '--allow-empty', '-m', 'By a push')
  await git(work, 'push')
  assert.equal(await git(linked, 'log', '-1', '--format=%s', 'main'), 'By a push')
})

test("of the refs of the hub's own, what the Action writes is taken and the rest is not", async (t) => {
  const hub = await startTestHub(t)
  await restock(hub, 'sku-1', 1)
  const work = await clone(t, hub)
  await git(work, 'fetch', '-q', 'origin', 'refs/commitbase/receipts')
  const receipts = await git(work, 'rev-parse', 'FETCH_HEAD')
  const next = await git(work, 'commit-tree', '-p', receipts, '-m', 'Receipts', `${receipts}^{tree}`)
  const records = await git(work, 'commit-tree', '-p', next, '-m', 'Records', 'HEAD^{tree}')
  const blob = async (text: string) => {
    await writeFile(join(work, 'blob'), text)
    return git(work, 'hash-object', '-w', 'blob')
  }
  const cursor = await blob('{"seq":2}\n')
  const push = (from: string, ref: string) =>
    runGit(work, 'push', '--force', 'origin', `${from}:refs/commitbase/${ref}`)
  const entry = await blob(JSON.stringify({ owner: 'me', entered: new Date().toISOString(), request: foreign }))
  const key = eventKey(foreign.event.source, foreign.event.id)
  const levels = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
  const deep = `{"entered":"x","request":${JSON.stringify(foreign).replace('"data":{}', `"data":{"x":${levels}}`)}}`
  for (const [from, ref] of [
    [next, 'receipts'],
    [cursor, 'cursors/action'],
    [entry, `inbox/${key}`],
    [await blob('{"holder":"me","counter":1}\n'), 'lease'],
    ['', `inbox/${key}`],
  ] as const)
    assert.equal((await push(from, ref)).status, 0, ref)
  for (const [from, ref, reason] of [
    [receipts, 'receipts', /only moves forward/],
    [records, 'receipts', /receipts: .*: nothing of that name belongs among receipts/],
    ['', 'receipts', /cannot be deleted/],
    [await blob('{"seq":1}\n'), 'cursors/action', /only moves forward, from 2; got 1/],
    [await blob('two'), 'cursors/action', /must name a blob/],
    ['', 'cursors/action', /cannot be deleted/],
    [cursor, 'cursors/hub', /written by the hub alone/],
    [next, 'engine', /written by the hub alone/],
    [cursor, 'inbox/../../x', /./],
    [cursor, 'lease', /must name a blob {"holder": "<writer>", "counter": <number>}/],
    [next, 'lease', /must name a blob/],
    [cursor, `inbox/${key}`, /asks for the event of that key/],
    [await blob(deep), `inbox/${key}`, /asks for the event of that key/],
    [entry, `inbox/${'a'.repeat(64)}`, /asks for the event of that key/],
    [next, `inbox/${key}`, /must name a blob/],
    [entry, 'inbox/short', /written by the hub alone/],
    [cursor, 'anything', /written by the hub alone/],
  ] as const) {
    const { status, words } = await push(from, ref)
    assert.notEqual(status, 0, ref)
    assert.match(words, reason, ref)
  }
  const replaced = await runGit(work, 'push', 'origin', `${next}:refs/replace/${receipts}`)
  assert.match(replaced.words, /cannot be replaced/)
})

/** An event for handlers that the hub does not have. */
const foreign = {
  event: { id: 'e', source: 's', type: 't', time: '2026-01-01T00:00:00.000Z', data: {}, correlationid: 'e' },
  handlers: { path: 'elsewhere', id: '1'.repeat(40) },
  branch: 'refs/heads/main',
  basedir: 'db',
}

test('a person without a token is asked for one; one who may read may fetch and not push', async (t) => {
  const hub = await startTestHub(t)
  await restock(hub, 'sku-1', 1)
  const folder = await newFolder(t)
  const open = `${hub.address}/${repository}.git`
  assert.match((await runGit(folder, 'clone', open)).words, /could not read Username|terminal prompts disabled/)
  assert.match((await runGit(folder, 'clone', cloneAddress(hub, 'wrong'))).words, /Authentication failed/)
  const stranger = await fetch(`${open}/info/refs?service=git-upload-pack`)
  assert.equal(stranger.status, 401)
  assert.match(String(stranger.headers.get('www-authenticate')), /^Basic realm=/)
  await git(folder, 'clone', '-q', cloneAddress(hub, await tokenFor(hub, 'read')), 'reader')
  const reader = join(folder, 'reader')
  await git(reader, 'commit', '-q', '--allow-empty', '-m', 'Nothing')
  assert.match((await runGit(reader, 'push')).words, /403/)
  assert.match((await runGit(folder, 'clone', cloneAddress(hub).replace('shop', 'other'))).words, /not found|404/)
  for (const path of ['HEAD', 'objects/info/packs', 'info/refs', 'config'])
    assert.equal((await ask(hub, `/${repository}.git/${path}`)).status, 404, path)
})

test('a partial clone fetches what it needs, and a token in a header is enough', async (t) => {
  const hub = await startTestHub(t)
  for (let number = 0; number < 5; number++) await restock(hub, `sku-${number}`, number)
  const folder = await newFolder(t)
  const header = `http.extraHeader=Authorization: basic ${Buffer.from(`x-access-token:${await tokenFor(hub, 'read')}`).toString('base64')}`
  const address = `${hub.address}/${repository}.git`
  await git(folder, '-c', header, 'clone', '-q', '--depth=1', '--filter=tree:0', '--no-checkout', address, 'part')
  const part = join(folder, 'part')
  assert.match(await git(part, '-c', header, 'show', 'HEAD:db/stock/sku-3.json'), /"stock_level": 3/)
  await git(folder, '-c', header, '-c', 'protocol.version=0', 'clone', '-q', address, 'old')
})

test('a mirror clone is a full backup: another hub opens it and goes on', async (t) => {
  const hub = await startTestHub(t)
  await restock(hub, 'sku-1', 1)
  const folder = join(await newFolder(t), 'mirror')
  await git('/', 'clone', '-q', '--mirror', cloneAddress(hub), folder)
  const refs = await git(hub.folder, 'for-each-ref')
  await hub.stop()
  assert.equal(await git(folder, 'for-each-ref'), refs)
  const second = await startTestHub(t, { folder })
  assert.equal((await receiptOf(second, 'sku-1-1')).status, 'done')
  await restock(second, 'sku-1', 2)
  await dispatch(second, 'restock', { event_id: 'sku-1-1', product: { _id: 'sku-1', stock_level: 1 } })
  await second.idle()
  assert.equal(await git(folder, 'rev-list', '--count', 'main'), '2', 'a repeat is known from the first hub')
})

test('pushes and dispatches at the same time all land, and the repository is sound', async (t) => {
  const hub = await startTestHub(t)
  await restock(hub, 'sku-0', 0)
  const people = await Promise.all([1, 2, 3].map(() => clone(t, hub)))
  const pushes = people.map(async (work, person) => {
    for (let turn = 1; turn <= 3; turn++) {
      await putRecord(work, `person-${person}-${turn}`)
      while ((await runGit(work, 'push')).status !== 0) await git(work, 'pull', '-q', '--rebase')
    }
  })
  const events = Array.from({ length: 60 }, (_, index) => restock(hub, `sku-${index + 1}`, 1))
  await Promise.all([...pushes, ...events])
  const files = (await git(hub.folder, 'ls-tree', '-r', '--name-only', 'main')).split('\n')
  assert.equal(files.filter((file) => file.startsWith('db/stock/')).length, 61)
  assert.equal(files.filter((file) => file.startsWith('db/people/')).length, 9)
  assert.equal(await git(hub.folder, 'rev-list', '--count', '--no-merges', 'main'), '70')
  const fsck = await runGit(hub.folder, 'fsck', '--full', '--strict')
  assert.deepEqual([fsck.status, fsck.words], [0, ''])
})

test('whoever lost a push to the commits of the hub pulls and pushes again, and gets through however much is written', async (t) => {
  const hub = await startTestHub(t)
  await restock(hub, 'sku-0', 0)
  const work = await clone(t, hub)
  let isOver = false
  let written = 0
  const writers = Array.from({ length: 8 }, async () => {
    while (!isOver) await restock(hub, `sku-${++written}`, 1)
  })
  try {
    for (let turn = 1; turn <= 3; turn++) {
      await putRecord(work, `person-${turn}`)
      let tries = 1
      for (; (await runGit(work, 'push')).status !== 0; tries++) {
        assert.ok(tries < 15, `${tries} tries of a push beside ${written} writes`)
        await git(work, 'pull', '-q', '--rebase')
      }
    }
  } finally {
    isOver = true
    await Promise.all(writers)
  }
  const files = (await git(hub.folder, 'ls-tree', '-r', '--name-only', 'main')).split('\n')
  assert.equal(files.filter((file) => file.startsWith('db/people/')).length, 3)
  assert.equal(files.filter((file) => file.startsWith('db/stock/')).length, written + 1)
})

test('a repository without a commit can be cloned, and the first push makes its branch', async (t) => {
  const hub = await startTestHub(t, { branch: 'trunk' })
  const work = await clone(t, hub)
  await putRecord(work, 'first')
  await git(work, 'push', 'origin', 'HEAD:trunk')
  await restock(hub, 'sku-1', 1)
  assert.equal(await git(hub.folder, 'rev-list', '--count', 'trunk'), '2')
  const { body } = await ask(hub, `/repos/${repository}`)
  assert.equal(Object(body).default_branch, 'trunk')
})

test('no branch can be pushed where the served one would have to be', async (t) => {
  const hub = await startTestHub(t, { branch: 'shop/main' })
  const work = await clone(t, hub)
  await putRecord(work, 'first')
  for (const ref of ['refs/heads/shop/main/x', 'refs/heads/shop']) {
    const { words } = await runGit(work, 'push', 'origin', `HEAD:${ref}`)
    assert.match(words, new RegExp(`remote: ${ref}: no refs/heads/shop/main could be beside it`))
  }
  await restock(hub, 'sku-1', 1)
})

test('a push beyond the limit is refused, and the hub goes on', async (t) => {
  const hub = await startTestHub(t, { pushLimit: 20_000 })
  await restock(hub, 'sku-1', 1)
  const work = await clone(t, hub)
  const noise = Array.from({ length: 5_000 }, (_, index) => Math.sin(index)).join('\n')
  await writeFile(join(work, 'noise'), noise)
  await git(work, 'add', '.')
  await git(work, 'commit', '-q', '-m', 'Noise')
  assert.match((await runGit(work, 'push')).words, /413/)
  await restock(hub, 'sku-2', 1)
})

async function clone(t: TestContext, hub: Hub): Promise<string> {
  const folder = join(await newFolder(t), 'work')
  await git('/', 'clone', '-q', cloneAddress(hub), folder)
  return folder
}

async function restock(hub: Hub, id: string, level: number): Promise<void> {
  await dispatch(hub, 'restock', { event_id: `${id}-${level}`, product: { _id: id, stock_level: level } })
  const { status } = await receiptOf(hub, `${id}-${level}`)
  assert.equal(status, 'done')
}

async function putRecord(work: string, id: string): Promise<void> {
  await mkdir(join(work, 'db/people'), { recursive: true })
  await writeFile(join(work, `db/people/${id}.json`), `{\n  "_id": "${id}"\n}\n`)
  await git(work, 'add', '.')
  await git(work, 'commit', '-q', '-m', `Add ${id}`)
}
