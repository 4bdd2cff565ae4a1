import { TaskThread } from '../taskThread.ts'
import type { PackPart } from './growingPack.ts'

/** A part of a pack to be finished, and the folder of packs. */
export interface PackTask {
  readonly folder: string
  readonly part: PackPart
}

/**
 * Finishes packs in a thread of its own: their checksums, their sorted indexes and their syncs take nobody's turn here. It reads
 * the memory that the pack has grown in, and gives the pack's name without an ending, once it is durable.
 */
export function openPackThread(): TaskThread<PackTask, string> {
  return new TaskThread({ script: new URL('./packWorker.ts', import.meta.url), work: 'writes packs' })
}
