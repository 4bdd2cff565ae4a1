/** What runs in the thread of `PackThread`. */
import { readlinkSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { basename } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { parentPort } from 'node:worker_threads'
import { messageOf } from '../../errors.ts'
import { gently, nodeFiles } from '../disk/files.ts'
import type { PackPart } from './growingPack.ts'
import { finishPack } from './pack.ts'
import { placeKept } from './packFolder.ts'

export interface Question {
  readonly id: number
  /** The folder of packs. */
  readonly folder: string
  readonly part: PackPart
}

/** The pack's name, or why there is none. */
export interface Answer {
  readonly id: number
  readonly name?: string
  readonly error?: string
}

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

giveWay()

parentPort!.on('message', async ({ id, folder, part }: Question) => {
  try {
    // What was a Buffer there arrives as a Uint8Array on the same memory.
    const finished = finishPack({ ...part, table: asBuffer(part.table), pieces: part.pieces.map(asBuffer) })
    answer({ id, name: await placeKept(folder, finished, gently(nodeFiles)) })
  } catch (error) {
    answer({ id, error: messageOf(error) })
  }
  letGoOf(part.size)
})

/** The thread that takes writes goes first. On Linux each thread has a priority of its own (setpriority(2)); elsewhere it stays as it is. */
function giveWay(): void {
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    return
  }
}

function answer(answer: Answer): void {
  parentPort!.postMessage(answer)
}

/** What the thread was shown it keeps until it collects garbage, and it makes too little of its own to do that. */
function letGoOf(bytes: number): void {
  kept += bytes
  if (kept < mostKept) return
  kept = 0
  setImmediate(collectGarbage)
}

/** Bytes of packs that it may keep: each collection takes some ten milliseconds of a core. */
const mostKept = 48 << 20
let kept = 0

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
