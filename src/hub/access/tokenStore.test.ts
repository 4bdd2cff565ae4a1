import assert from 'node:assert/strict'
import { chmod, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { adoptTokens } from './adoptTokens.ts'
import { KnownTokens } from './knownTokens.ts'
import { hashOf, mayDo, newSecret, type Scope, type Token } from './token.ts'
import { TokenStore } from './tokenStore.ts'

const order = { name: 'laptop', scopes: ['read'], repository: 'octo/shop', expires: null } as const

test('a token is made once, and of it only a hash is kept, which only its owner can read', async (t) => {
  const store = await newStore(t)
  const { secret } = await store.create(order)
  const file = join(store.folder, 'laptop.json')
  const text = await readFile(file, 'utf8')
  assert.ok(!text.includes(secret) && !text.includes(secret.slice(20)))
  assert.equal(JSON.parse(text).hash, hashOf(secret))
  assert.deepEqual(await readdir(store.folder), ['laptop.json'])
  for (const [path, mode] of [
    [file, 0o600],
    [store.folder, 0o700],
  ] as const) {
    assert.equal((await stat(path)).mode & 0o777, mode)
    await chmod(path, 0o777)
    await store.open()
    assert.equal((await stat(path)).mode & 0o777, mode, 'it is shut again')
  }
})

test('a name is used once, also by many at the same time', async (t) => {
  const store = await newStore(t)
  const made = await Promise.allSettled(Array.from({ length: 20 }, () => store.create(order)))
  assert.equal(made.filter(({ status }) => status === 'fulfilled').length, 1)
  await assert.rejects(store.create(order), { code: 'conflict', message: /'laptop' already/ })
})

test('what is no name, no scope, no repository or over already is refused', async (t) => {
  const store = await newStore(t)
  for (const wrong of [
    { name: '../x' },
    { name: '' },
    { name: '.hidden' },
    { scopes: [] },
    { scopes: ['root' as Scope] },
    { repository: 'shop' },
    { expires: 1 },
  ])
    await assert.rejects(store.create({ ...order, ...wrong }), { code: 'invalid' }, JSON.stringify(wrong))
  assert.deepEqual(await readdir(store.folder), [])
})

test('the one that was made is known at once, and the one that was revoked is not', async (t) => {
  const store = await newStore(t)
  const known = knownIn(store)
  assert.equal(known.find(''), undefined)
  for (let round = 0; round < 20; round++) {
    const { secret } = await store.create({ ...order, name: `t${round}` })
    assert.equal(known.find(secret)?.name, `t${round}`)
    for (const wrong of [`${secret}x`, secret.slice(1), hashOf(secret), newSecret()])
      assert.equal(known.find(wrong), undefined)
  }
  const { secret } = await store.create(order)
  await store.revoke('laptop')
  assert.equal(known.find(secret), undefined)
  await assert.rejects(store.revoke('laptop'), { code: 'not_found', message: /no token 'laptop'; there are t0, t1/ })
})

test('one that another process revoked is refused after five milliseconds, one that this process did at once', async (t) => {
  const store = await newStore(t)
  const elsewhere = new TokenStore(store.folder, Date.now)
  let elapsed = 0
  const known = knownIn(store, Date.now, () => elapsed)
  const laptop = await store.create(order)
  const desktop = await store.create({ ...order, name: 'desktop' })
  assert.ok(known.find(laptop.secret))
  await store.revoke('laptop')
  assert.equal(known.find(laptop.secret), undefined)
  assert.ok(known.find(desktop.secret))
  await elsewhere.revoke('desktop')
  // The folder's time may be so coarse that two changes look like one.
  await utimes(store.folder, 1, 1)
  elapsed = 4.9
  assert.ok(known.find(desktop.secret), 'who revoked it has not been told yet')
  elapsed = 5
  assert.equal(known.find(desktop.secret), undefined)
})

test('one that another process revoked within a tick of the folder is refused after 25 milliseconds, whatever the clock says', async (t) => {
  const store = await newStore(t)
  const elsewhere = new TokenStore(store.folder, Date.now)
  let elapsed = 0
  let now = 1_000_000_000_000
  const known = knownIn(store, Date.now, () => elapsed)
  const { secret } = await store.create(order)
  const tick = now / 1_000
  await utimes(store.folder, tick, tick)
  t.mock.method(Date, 'now', () => now)
  assert.ok(known.find(secret))
  await elsewhere.revoke('laptop')
  await utimes(store.folder, tick, tick)
  now -= 3_600_000
  for (elapsed of [5, 10, 15, 19.9]) assert.ok(known.find(secret), 'the folder was read just now')
  elapsed = 24.9
  assert.equal(known.find(secret), undefined)
})

test('a token ends at its time', async (t) => {
  let now = 1_000
  const store = await newStore(t, () => now)
  const known = knownIn(store, () => now)
  const { secret } = await store.create({ ...order, expires: 5_000 })
  now = 4_999
  assert.equal(known.find(secret)?.name, 'laptop')
  now = 5_000
  assert.equal(known.find(secret), undefined)
})

test('a file that is no token opens nothing, and does not shut out the others', async (t) => {
  const store = await newStore(t)
  const { secret, token } = await store.create(order)
  const other = newSecret()
  for (const [name, content] of Object.entries({
    'empty.json': '',
    'list.json': '[]',
    'null.json': 'null',
    'scopes.json': JSON.stringify({ ...token, hash: hashOf(other), scopes: ['root'] }),
    'expires.json': JSON.stringify({ ...token, hash: hashOf(other), expires: 'soon' }),
    'hash.json': JSON.stringify({ ...token, hash: other }),
  }))
    await writeFile(join(store.folder, name), content)
  const known = knownIn(store)
  assert.equal(known.find(secret)?.name, 'laptop')
  assert.equal(known.find(other), undefined)
})

test('each scope allows what it says', () => {
  const allowed = (scope: Scope) =>
    (['read', 'dispatch', 'write', 'admin'] as const).filter((need) => mayDo({ scopes: [scope] }, need))
  assert.deepEqual(allowed('read'), ['read'])
  assert.deepEqual(allowed('dispatch'), ['dispatch'])
  assert.deepEqual(allowed('write'), ['read', 'dispatch', 'write'])
  assert.deepEqual(allowed('admin'), ['read', 'dispatch', 'write', 'admin'])
})

test('the two tokens of an earlier version stay good, and their file goes', async (t) => {
  const store = await newStore(t)
  const file = join(store.folder, '..', 'tokens.json')
  const old = { write: 'commitbase_write_0123456789', read: 'commitbase_read_0123456789' }
  await writeFile(file, JSON.stringify(old))
  await adoptTokens(file, store, 'octo/shop', 0)
  await assert.rejects(stat(file), { code: 'ENOENT' })
  const known = knownIn(store)
  assert.deepEqual(known.find(old.write)?.scopes, ['write'])
  assert.deepEqual(known.find(old.read)?.scopes, ['read'])
  await adoptTokens(file, store, 'octo/shop', 0)
})

function knownIn(store: TokenStore, clock = Date.now, elapsed?: () => number): KnownTokens {
  const own: Token = { ...order, name: '(own)', hash: hashOf(newSecret()), created: '' }
  return new KnownTokens({ store, own, clock, ...(elapsed && { elapsed }) })
}

async function newStore(t: TestContext, clock = Date.now): Promise<TokenStore> {
  const folder = await mkdtemp(join(tmpdir(), 'commitbase-tokens-'))
  t.after(() => rm(folder, { recursive: true }))
  return new TokenStore(join(folder, 'tokens'), clock).open()
}
