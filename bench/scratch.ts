import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

let folder: Promise<string> | undefined
let made = 0

/** A path that nothing is at yet, in the folder of this run; the folder goes when the process ends, by Ctrl-C too. */
export async function newPath(name: string): Promise<string> {
  folder ??= makeFolder()
  return join(await folder, `${name}-${++made}`)
}

async function makeFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'commitbase-bench-'))
  process.once('exit', () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130))
  return path
}
