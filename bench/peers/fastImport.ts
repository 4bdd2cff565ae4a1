import { createInterface } from 'node:readline'
import { collectWords, startGit, whenEnded } from '../../src/git/commands/git.ts'
import { person, settings } from '../git.ts'
import { fileOf, writeAt } from '../records.ts'
import { pathOf } from '../starting/layout.ts'
import type { CommitsTask, Throughput } from './throughput.ts'

/**
 * `git fast-import` into 256 folders: commits stream in, and all of them are durable when it ends; nobody hears of one before. It
 * reads each folder once and then has it in memory: what it does until it has seen most is not counted.
 */
export async function measure({ folder, size, time, most }: CommitsTask): Promise<Throughput> {
  const options = { environment: process.env, variables: person, config: { ...settings, 'core.fsync': 'all' } }
  const child = startGit(['-C', folder, 'fast-import', '--quiet'], options)
  const words = collectWords(child)
  const ended = whenEnded(child)
  const progress = createInterface(child.stdout)[Symbol.asyncIterator]()
  let sent = 0
  const send = () => {
    child.stdin.write(Buffer.concat(Array.from({ length: batch }, () => commandsFor(size, sent++))))
    child.stdin.write('progress done\n')
  }
  const sendFor = async (commits: number, milliseconds: number) => {
    const from = sent
    const start = performance.now()
    while (sent - from < commits && performance.now() - start < milliseconds) {
      send()
      if ((await progress.next()).done) throw new Error(`git fast-import ended: ${words()}`)
    }
  }
  for (let ahead = 0; ahead < batchesAhead; ahead++) send()
  await sendFor(folders, time * 2)
  const before = sent - batch * batchesAhead
  const start = performance.now()
  await sendFor(most, time)
  child.stdin.end()
  if ((await ended).status !== 0) throw new Error(`git fast-import failed: ${words()}`)
  return { commits: sent - before, milliseconds: performance.now() - start }
}

const batch = 20
/** So that it never waits for us. */
const batchesAhead = 3
/** After so many commits nearly all of the 256 folders were written to. */
const folders = 1_500

function commandsFor(size: number, number: number): Buffer {
  const { place, version } = writeAt(size, number)
  const file = fileOf(place, version)
  const message = `UPSERT ${place}`
  const parent = number === 0 ? 'from refs/heads/main^0\n' : ''
  const head = `commit refs/heads/main\ncommitter Bench <bench@example.org> ${1_767_225_601 + number} +0000\ndata ${message.length}\n${message}\n${parent}`
  const modify = `M 100644 inline ${pathOf('folders', place)}\ndata ${file.length}\n`
  return Buffer.concat([Buffer.from(`${head}${modify}`), file, Buffer.from('\n')])
}
