import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

let folder: Promise<string> | undefined
let made = 0
const stopped = new AbortController()

/** Aborted when the run is asked to stop: what still writes into its folder has to end. */
export const stopping: AbortSignal = stopped.signal

/** A path that nothing is at yet, in the folder of this run; the folder goes when the process ends, by Ctrl-C too. */
export async function newPath(name: string): Promise<string> {
  folder ??= makeFolder()
  return join(await folder, `${name}-${++made}`)
}

async function makeFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'commitbase-bench-'))
  process.once('exit', () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop)
  return path
}

/** The processes that are told to end have a moment to do so: what they wrote after the folder went would stay. */
function stop(): void {
  stopped.abort()
  setTimeout(() => process.exit(130), 500)
}
