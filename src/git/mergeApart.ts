import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { CommitbaseError } from '../errors.ts'
import { upkeepMark } from './endOrphans.ts'
import { collectWords, endGroup, giveWay, whenEnded } from './git.ts'

/** The packs that become one. */
export interface PacksToMerge {
  /** The repository. */
  readonly repository: string
  /** Its folder of packs. */
  readonly folder: string
  /** Their names, without an ending. */
  readonly names: readonly string[]
}

/**
 * `mergePacks` in a process of its own, to which everybody else goes first, and whose memory goes with it. `signal` ends it, and so does
 * the end of this process; what it had written is left. Throws `internal` with its words.
 */
export async function mergeApart({ repository, folder, names }: PacksToMerge, signal?: AbortSignal): Promise<string> {
  const child = spawn(process.execPath, [script, folder, ...names], {
    env: { [upkeepMark]: repository },
    detached: process.platform !== 'win32',
    windowsHide: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  giveWay(child)
  const end = () => endGroup(child)
  signal?.addEventListener('abort', end, { once: true })
  try {
    const words = collectWords(child)
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    const { status } = await whenEnded(child)
    if (status === 0) return Buffer.concat(chunks).toString()
    throw new CommitbaseError('internal', `packs cannot be merged: ${words() || 'the process that does it was ended'}`)
  } finally {
    signal?.removeEventListener('abort', end)
  }
}

const script = fileURLToPath(new URL('./mergeProcess.ts', import.meta.url))
