import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { CommitbaseError } from '../../errors.ts'
import { collectWords, type Environment, giveWay, startProcess, whenEnded } from '../commands/git.ts'
import { unfinished } from './mergePacks.ts'

/** The packs that become one. */
export interface PacksToMerge {
  readonly folder: string
  /** Without an ending. */
  readonly names: readonly string[]
  /** For the process's environment. */
  readonly variables: Environment
}

/**
 * `mergePacks` in a process of its own, to which everybody else goes first, and whose memory goes with it. `signal` ends it, and so does
 * the end of this process. Throws `internal` with its words.
 */
export async function mergeApart({ folder, names, variables }: PacksToMerge, signal?: AbortSignal): Promise<string> {
  const mark = randomBytes(8).toString('hex')
  const child = startProcess(process.execPath, [script, mark, folder, ...names], variables)
  giveWay(child)
  const words = collectWords(child)
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  const { status } = await whenEnded(child, signal)
  if (status === 0) return Buffer.concat(chunks).toString()
  for (const path of Object.values(unfinished(folder, mark))) await rm(path, { force: true })
  throw new CommitbaseError('internal', `packs cannot be merged: ${words() || 'the process that does it was ended'}`)
}

const script = fileURLToPath(new URL('./mergeProcess.ts', import.meta.url))
