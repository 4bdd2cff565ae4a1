import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdir, mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises'
import { Agent, type IncomingMessage, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { defaultSource } from '../../src/events/dispatch.ts'
import { afterwards } from '../../src/git/testing/afterwards.ts'
import { newFolder } from '../../src/git/testing/gitFolder.ts'
import { type BrokenHub, startBrokenHub, type Where } from './brokenProcess.ts'
import { post, type Sent } from './clients.ts'
import { findingsIn } from './findings.ts'
import { type Folders, prepare } from './prepare.ts'
import { repository } from './walk.ts'

const run = promisify(execFile)
const isRoot = process.platform === 'linux' && process.getuid?.() === 0
const mayMount = isRoot && (await canMount())
/** As tests are skipped: false, or why. */
const withoutNobody = isRoot ? false : 'only root can start a process as somebody whom modes bind'

test('a full disk: what cannot be kept is refused with the reason, nothing acknowledged is lost, and it goes on by itself when there is room', {
  skip: mayMount ? false : 'a small file system cannot be mounted here',
  timeout: 120_000,
}, async (t) => {
  const disk = await mountSmall(t, 48)
  const hub = await start(t, await prepare(disk))
  await hub.acknowledge(50)
  const filler = await fill(join(disk, 'filler'))
  const refused = await hub.untilRefused()
  assert.equal(refused.status, 503)
  assert.match(refused.words, /cannot be written: ENOSPC/)
  await rm(filler)
  await hub.untilTaken()
  await hub.acknowledge(50)
  await hub.assertKept()
})

test('files that may not grow: the same', {
  skip: process.platform !== 'linux' && 'Linux only',
  timeout: 120_000,
}, async (t) => {
  const hub = await start(t, await prepare(await newFolder(t)))
  await hub.acknowledge(50)
  await limit(hub, '--fsize=2000:unlimited')
  const refused = await hub.untilRefused()
  assert.equal(refused.status, 503)
  assert.match(refused.words, /cannot be written: EFBIG/)
  await limit(hub, '--fsize=unlimited:unlimited')
  await hub.untilTaken()
  await hub.acknowledge(50)
  await hub.assertKept()
})

test('a folder that becomes read-only: writes wait in what is open, and are sealed when it is writable again', {
  skip: withoutNobody,
  timeout: 120_000,
}, async (t) => {
  const folders = await prepareForNobody(t)
  const hub = await start(t, folders, nobody)
  await hub.acknowledge(50)
  const closed = [hub.where.folder, join(hub.where.folder, 'objects', 'pack'), folders.data]
  for (const folder of closed) await chmod(folder, 0o555)
  await hub.acknowledge(20)
  await hub.complained(/EACCES/)
  for (const folder of closed) await chmod(folder, 0o755)
  await hub.acknowledge(20)
  await hub.assertKept()
})

test('a folder that is read-only at the start: one sentence, and a start when it is not', {
  skip: withoutNobody,
  timeout: 60_000,
}, async (t) => {
  const folders = await prepareForNobody(t)
  await chmod(join(folders.data, 'repository.git'), 0o555)
  const refused = startBrokenHub(folders, undefined, nobody)
  assert.equal((await refused.ended).status, 1)
  assert.match(
    refused.words(),
    /the folder \S+repository\.git cannot be used: EACCES.*choose one that you may write to/,
  )
  await chmod(join(folders.data, 'repository.git'), 0o755)
  const hub = await start(t, folders, nobody)
  await hub.acknowledge(5)
  await hub.assertKept()
})

test('killed between its packs and its refs: the next start places them again, whomever the modes of files bind', {
  skip: withoutNobody,
  timeout: 60_000,
}, async (t) => {
  const folders = await prepareForNobody(t)
  const killed = startBrokenHub(folders, { step: 'seal.placed', times: 1 }, nobody)
  assert.deepEqual(await killed.ended, { status: null, signal: 'SIGKILL' }, killed.words())
  const hub = await start(t, folders, nobody)
  await hub.acknowledge(5)
  await hub.assertKept()
})

test('at most 64 open files, all in use: nothing acknowledged is lost, and it goes on by itself when some are free', {
  skip: process.platform !== 'linux' && 'Linux only',
  timeout: 120_000,
}, async (t) => {
  const hub = await start(t, await prepare(await newFolder(t)))
  await hub.acknowledge(50)
  const openFiles = async () => (await readdir(`/proc/${hub.where.pid}/fd`)).length
  const usual = await openFiles()
  await limit(hub, '--nofile=64:')
  const sockets = await connectMany(hub.where, 100)
  await hub.attempt(20)
  for (const socket of sockets) socket.destroy()
  // It takes up, and lets go of, those that waited to be connected, too.
  await until(async () => (await openFiles()) <= usual + 10)
  await hub.untilTaken()
  // There are 64 still: not all of them at once.
  for (let round = 0; round < 10; round++) await hub.acknowledge(4)
  await hub.assertKept()
})

test('not one file more can be opened: who asks for what takes one is told to ask again, and the hub lives', {
  skip: process.platform !== 'linux' && 'Linux only',
  timeout: 60_000,
}, async (t) => {
  const hub = await start(t, await prepare(await newFolder(t)))
  await hub.acknowledge(5)
  const { address, token } = hub.where
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  afterwards(t, async () => agent.destroy())
  const ask = async (path: string) => {
    const asking = request(`${address}${path}`, { agent, headers: { authorization: `Bearer ${token}` } }).end()
    const [answer] = (await once(asking, 'response')) as [IncomingMessage]
    await answer.resume().toArray()
    return [answer.statusCode, answer.headers['retry-after']]
  }
  const clone = `/${repository}.git/info/refs?service=git-upload-pack`
  assert.deepEqual(await ask(clone), [200, undefined])
  await limit(hub, '--nofile=1:')
  // All is sealed: only git is to be started.
  assert.deepEqual(await ask(clone), [503, '1'])
  assert.deepEqual(await ask(clone), [503, '1'])
  await limit(hub, '--nofile=1024:')
  await hub.acknowledge(1)
  await limit(hub, '--nofile=1:')
  // Something is to be sealed before.
  assert.deepEqual(await ask(clone), [503, '1'])
  await limit(hub, '--nofile=1024:')
  assert.deepEqual(await ask(clone), [200, undefined])
  await hub.assertKept()
})

test('a lock that a killed git left: writes go on, git sees them when it is gone', { timeout: 60_000 }, async (t) => {
  const hub = await start(t, await prepare(await newFolder(t)))
  await hub.acknowledge(5)
  const lock = join(hub.where.folder, 'refs', 'heads', 'main.lock')
  await until(async () => {
    await writeFile(lock, '', { flag: 'wx' })
    return true
  })
  await hub.acknowledge(20)
  await hub.complained(/main\.lock is there/)
  await rm(lock)
  await hub.assertKept()
})

test('pack indexes that are gone, cut or scrambled are made anew from their packs', { timeout: 60_000 }, async (t) => {
  const folders = await prepare(await newFolder(t))
  const first = await start(t, folders)
  await first.acknowledge(100)
  await first.assertKept()
  const packs = join(first.where.folder, 'objects', 'pack')
  const indexes = (await readdir(packs)).filter((name) => name.endsWith('.idx'))
  assert.ok(indexes.length >= 2)
  for (const [place, name] of indexes.entries()) await spoil(join(packs, name), place)
  const second = await start(t, folders)
  second.take(first)
  await second.acknowledge(20)
  await second.assertKept()
})

interface TestedHub {
  readonly where: Where
  readonly acknowledged: Map<string, Sent>
  /** Remembers what another one has acknowledged. */
  take(other: TestedHub): void
  /** Sends so many events, which must be acknowledged. */
  acknowledge(count: number): Promise<void>
  /** Sends so many, which may be refused or not answered. */
  attempt(count: number): Promise<void>
  untilRefused(): Promise<{ status: number; words: string }>
  untilTaken(): Promise<void>
  complained(of: RegExp): Promise<void>
  /** Stops it in order; all that it acknowledged is there, once. */
  assertKept(): Promise<void>
}

let events = 0

async function start(t: TestContext, folders: Folders, user?: typeof nobody): Promise<TestedHub> {
  const hub = startBrokenHub(folders, undefined, user)
  afterwards(t, () => hub.kill('SIGKILL'))
  const where = await hub.started
  assert.ok(where, hub.words())
  const acknowledged = new Map<string, Sent>()
  const send = async () => {
    const id = `e${++events}`
    const sent: Sent = { id, type: 'count', payload: { counter: `c${events % 7}` } }
    // A connection that stays open is an open file.
    const answer = await post(where, sent, { connection: 'close' })
    if (answer.status === 204) acknowledged.set(id, sent)
    return answer
  }
  return {
    where,
    acknowledged,
    take: (other) => {
      for (const [id, sent] of other.acknowledged) acknowledged.set(id, sent)
    },
    async acknowledge(count) {
      for (const { status, words } of await Promise.all(Array.from({ length: count }, send)))
        assert.equal(status, 204, `${words}\n${hub.words()}`)
    },
    async attempt(count) {
      await Promise.all(Array.from({ length: count }, () => send().catch(() => {})))
    },
    async untilRefused() {
      for (;;) {
        const answer = await send()
        if (answer.status !== 204) return answer
      }
    },
    untilTaken: () => until(async () => (await send()).status === 204),
    complained: (of) => until(async () => of.test(hub.words())),
    assertKept: () => assertKept(hub, where, acknowledged),
  }
}

async function assertKept(hub: BrokenHub, { folder }: Where, events: TestedHub['acknowledged']): Promise<void> {
  assert.deepEqual(await hub.kill('SIGTERM'), { status: 0, signal: null }, hub.words())
  const promised = { folder, events, source: defaultSource(repository), isWalked: true, consumer: 'hub' }
  assert.deepEqual(Object.values(await findingsIn(promised)).flat(), [], hub.words())
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo().catch(() => false))) await delay(20)
}

async function canMount(): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'mount-'))
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder])
    await run('umount', [folder])
    return true
  } catch {
    return false
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function mountSmall(t: TestContext, megabytes: number): Promise<string> {
  const folder = await newFolder(t)
  await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder])
  afterwards(t, () => run('umount', ['--lazy', folder]))
  return folder
}

/** Sets one of the hub's limits, as prlimit(1) takes it: `soft:hard`. */
async function limit({ where }: TestedHub, resource: string): Promise<void> {
  await run('prlimit', ['--pid', String(where.pid), resource])
}

/** Writes until nothing more has room. */
async function fill(path: string): Promise<string> {
  const file = await open(path, 'w')
  for (const size of [1 << 20, 1 << 12, 1]) {
    const bytes = Buffer.alloc(size)
    while (
      await file.write(bytes).then(
        ({ bytesWritten }) => bytesWritten === size,
        () => false,
      )
    );
  }
  await file.close()
  return path
}

/** Whom the modes of files bind. */
const nobody = { uid: 65534, gid: 65534 }

async function prepareForNobody(t: TestContext): Promise<Folders> {
  const root = await newFolder(t)
  const folders = await prepare(root)
  await chmod(root, 0o777)
  for (const entry of await readdir(root, { recursive: true })) await chown(join(root, entry), nobody.uid, nobody.gid)
  await mkdir(join(root, 'compiled'), { recursive: true, mode: 0o777 })
  await chmod(join(root, 'compiled'), 0o777)
  return folders
}

async function connectMany({ address }: Where, count: number): Promise<Socket[]> {
  const { hostname, port } = new URL(address)
  const sockets = Array.from({ length: count }, () => connect(Number(port), hostname).on('error', () => {}))
  await Promise.all(
    sockets.map((socket) => new Promise((settled) => socket.once('connect', settled).once('close', settled))),
  )
  return sockets
}

/** One is gone, one is cut, one has other bytes at its start, one at its end, and so on. */
async function spoil(path: string, place: number): Promise<void> {
  if (place % 4 === 0) return await rm(path)
  await chmod(path, 0o644)
  const file = await open(path, 'r+')
  const { size } = await file.stat()
  if (place % 4 === 1) await file.truncate(size - 30)
  else await file.write(Buffer.alloc(36, 7), 0, 36, place % 4 === 2 ? 0 : size - 36)
  await file.close()
}
