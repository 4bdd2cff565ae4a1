import assert from 'node:assert/strict'
import { appendFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type Files, nodeFiles } from './files.ts'
import { type Journal, type JournalOptions, openJournal } from './journal.ts'
import { encodeGroup } from './journalFile.ts'

test('what was appended and not settled is there again, in its order, when the process was killed', async (t) => {
  const { file, open } = await newFile(t)
  const journal = await open(file)
  const ids = await Promise.all(['a', 'b', 'c'].map((text) => journal.append(Buffer.from(text))))
  journal.settle(ids[1]!)
  await journal.append(Buffer.from('d'))
  // Opened without closing the first, as after a kill.
  assert.deepEqual(await textsIn(file), ['a', 'c', 'd'])
})

test('what was settled does not come again after a kill a second later, though nothing was appended since', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { file, open } = await newFile(t)
  let synced = Promise.withResolvers<void>()
  const create: Files['create'] = async (...given) => {
    const written = await nodeFiles.create(...given)
    return { ...written, sync: () => written.sync().then(() => synced.resolve()) }
  }
  const journal = await open(file, { files: { ...nodeFiles, create } })
  const ids = await Promise.all(['a', 'b'].map((text) => journal.append(Buffer.from(text))))
  journal.settle(ids[0]!)
  assert.deepEqual(await textsIn(file), ['a', 'b'])
  synced = Promise.withResolvers()
  t.mock.timers.tick(1_000)
  await synced.promise
  assert.deepEqual(await textsIn(file), ['b'])
})

test('what was settled is not forgotten when the write that was to say so fails', async (t) => {
  const { file, open } = await newFile(t)
  let isFull = false
  const create: Files['create'] = async (...given) => {
    const written = await nodeFiles.create(...given)
    const write: typeof written.write = (...some) =>
      isFull ? Promise.reject(new Error('full')) : written.write(...some)
    return { ...written, write }
  }
  const journal = await open(file, { files: { ...nodeFiles, create } })
  journal.settle(await journal.append(Buffer.from('a')))
  isFull = true
  await assert.rejects(journal.append(Buffer.from('b')), { code: 'unavailable' })
  isFull = false
  await journal.close()
  assert.deepEqual(await textsIn(file), [])
})

test('nothing is left after all was settled and the journal closed', async (t) => {
  const { file, open } = await newFile(t)
  const journal = await open(file)
  for (const text of ['a', 'b']) journal.settle(await journal.append(Buffer.from(text)))
  await journal.close()
  assert.deepEqual(await textsIn(file), [])
  await assert.rejects(journal.append(Buffer.from('late')), { code: 'unavailable' })
})

test('an id is never given twice, also after a restart with entries left', async (t) => {
  const { file, open } = await newFile(t)
  const first = await open(file)
  const id = await first.append(Buffer.from('a'))
  await first.close()
  const second = await open(file)
  assert.ok((await second.append(Buffer.from('b'))) > id)
  assert.deepEqual(
    second.pending().map(({ bytes }) => bytes.toString()),
    ['a', 'b'],
  )
})

test('a torn tail is cut off at whatever byte it was torn, and what was acknowledged before it stays', async (t) => {
  const { file, open } = await newFile(t)
  const journal = await open(file)
  await journal.append(Buffer.from('whole'))
  const { size } = await stat(file)
  await journal.append(Buffer.from('torn'))
  const bytes = await readFile(file)
  for (let length = size; length < bytes.length; length++) {
    await writeFile(file, bytes.subarray(0, length))
    assert.deepEqual(await textsIn(file), ['whole'])
  }
  await writeFile(file, Buffer.concat([bytes.subarray(0, size), Buffer.alloc(1000)]))
  assert.deepEqual(await textsIn(file), ['whole'])
})

test('a damaged middle is an error that names the file and the place, and loses nothing behind it in silence', async (t) => {
  const { file, open } = await newFile(t)
  const journal = await open(file)
  await journal.append(Buffer.from('first'))
  await journal.append(Buffer.from('second'))
  const bytes = await readFile(file)
  bytes[bytes.indexOf('first')]! ^= 1
  await writeFile(file, bytes)
  await assert.rejects(openJournal(file), { code: 'internal', message: /journal is damaged \(bytes 25 to \d+\)/ })
})

test('an entry that looks like a group of a journal does not pass for one', async (t) => {
  const { file, open } = await newFile(t)
  const journal = await open(file)
  const forged = encodeGroup({ settled: [], entries: [{ id: 9, bytes: Buffer.from('forged') }] }, 0)
  await journal.append(Buffer.concat([forged, Buffer.from('and more')]))
  await truncate(file, (await stat(file)).size - 1)
  assert.deepEqual(await textsIn(file), [])
})

test('another file in its place is refused', async (t) => {
  const { file } = await newFile(t)
  await appendFile(file, 'something else that somebody keeps here')
  await assert.rejects(openJournal(file), { code: 'invalid', message: /is no journal/ })
})

test('the file stays small while entries come and go', async (t) => {
  const { file, open } = await newFile(t)
  const journal = await open(file, { rotateAt: 10_000 })
  const kept = await journal.append(Buffer.from('kept'))
  for (let round = 0; round < 50; round++) {
    const ids = await Promise.all(Array.from({ length: 10 }, () => journal.append(Buffer.alloc(200))))
    for (const id of ids) journal.settle(id)
  }
  assert.ok((await stat(file)).size < 15_000)
  assert.ok(journal.pending().some(({ id }) => id === kept))
  assert.ok((await textsIn(file)).includes('kept'))
})

test('it is bounded by number and by bytes, and goes on when there is room again', async (t) => {
  const { file, open } = await newFile(t)
  const journal = await open(file, { limit: 2, byteLimit: 100 })
  const first = await journal.append(Buffer.alloc(40))
  await assert.rejects(journal.append(Buffer.alloc(61)), { code: 'unavailable' })
  await journal.append(Buffer.alloc(40))
  await assert.rejects(journal.append(Buffer.alloc(1)), { code: 'unavailable' })
  journal.settle(first)
  await journal.append(Buffer.alloc(1))
})

/** A place for a journal; what is opened through it is closed before the folder goes. */
async function newFile(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'journal-'))
  const opened: Journal[] = []
  t.after(async () => {
    for (const journal of opened) await journal.close()
    await rm(folder, { recursive: true })
  })
  const open = async (file: string, options?: JournalOptions) => {
    const journal = await openJournal(file, options)
    opened.push(journal)
    return journal
  }
  return { file: join(folder, 'journal'), open }
}

/** Opens a copy, so that the journal under test is left as it is. */
async function textsIn(file: string): Promise<string[]> {
  await writeFile(`${file}.copy`, await readFile(file))
  const journal = await openJournal(`${file}.copy`)
  const texts = journal.pending().map(({ bytes }) => bytes.toString())
  await journal.close()
  return texts
}
