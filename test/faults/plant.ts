import { spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Planted } from './planted.ts'

const root = join(import.meta.dirname, '../..')

/** The file with the bug in it. Throws where a text is not there exactly once. */
export async function withBug({ file, changes }: Planted): Promise<string> {
  let text = await readFile(join(root, file), 'utf8')
  for (const [part, by] of changes) {
    const times = text.split(part).length - 1
    if (times !== 1) throw new Error(`${file} has the planted bug's text ${times} times: ${part}`)
    text = text.replace(part, () => by)
  }
  return text
}

/** Whether a harness sees the bug, in a copy of the sources that has it, and what it said. */
export async function isCaught(bug: Planted, seed: number): Promise<{ caught: boolean; words: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'commitbase-planted-'))
  try {
    for (const name of ['src', 'action', 'test', 'package.json'])
      await cp(join(root, name), join(folder, name), { recursive: true })
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
    await mkdir(join(folder, 'tmp'))
    await writeFile(join(folder, bug.file), await withBug(bug))
    const { status, words } = await runIn(folder, harness(bug, seed))
    return { caught: status === 1 && bug.shows.test(words), words }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

function harness({ by }: Planted, seed: number): string[] {
  if (by === 'power cut')
    return [
      '--test',
      '--test-name-pattern=^(what (was acknowledged|a journal)|it does so)',
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
