import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { inChangedSources } from '../planted/plant.ts'
import type { Planted } from './planted.ts'

/** Whether a harness sees the bug, in a copy of the sources that has it, and what it said. */
export function isCaught(bug: Planted, seed: number): Promise<{ caught: boolean; words: string }> {
  return inChangedSources(bug, async (folder) => {
    await mkdir(join(folder, 'tmp'))
    const { status, words } = await runIn(folder, harness(bug, seed))
    return { caught: status === 1 && bug.shows.test(words), words }
  })
}

function harness({ by }: Planted, seed: number): string[] {
  if (by === 'power cut')
    return [
      '--test',
      '--test-name-pattern=^(what (was acknowledged|a journal|the ahead-file)|it does so)',
      'test/git/powerCut.test.ts',
    ]
  return ['test/faults/run.ts', '--rounds', '8', '--patience', '15000', '--seed', String(seed), '--steps', by.join(',')]
}

function runIn(cwd: string, args: readonly string[]): Promise<{ status: number | null; words: string }> {
  const { NODE_TEST_CONTEXT: _, ...rest } = process.env
  const env = { ...rest, TMPDIR: join(cwd, 'tmp') }
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let words = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (words += text))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => resolve({ status, words }))
  })
}
