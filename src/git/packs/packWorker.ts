/** What runs in the thread of `packThread`. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { answerTasks } from '../answerTasks.ts'
import { gently, nodeFiles } from '../disk/files.ts'
import { finishPack } from './pack.ts'
import { placeKept } from './packFolder.ts'
import type { PackTask } from './packThread.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

answerTasks(async ({ folder, part }: PackTask) => {
  try {
    // What was a Buffer there arrives as a Uint8Array on the same memory.
    const finished = finishPack({ ...part, table: asBuffer(part.table), pieces: part.pieces.map(asBuffer) })
    return await placeKept(folder, finished, gently(nodeFiles))
  } finally {
    letGoOf(part.size)
  }
})

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
