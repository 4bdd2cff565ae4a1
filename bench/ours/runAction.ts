import { spawn } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { recordOf, table, type Write } from '../records.ts'
import { newPath } from '../scratch.ts'

/** Runs what GitHub runs, `action/dist`, as its runner does: one UPSERT, from start to pushed. Throws with its log where it fails. */
export async function runAction(server: string, { place, version }: Write): Promise<void> {
  const folder = await newPath('action')
  await mkdir(folder, { recursive: true })
  const files = { event: join(folder, 'event.json'), output: join(folder, 'output'), summary: join(folder, 'summary') }
  await writeFile(files.event, '{}')
  await Promise.all([writeFile(files.output, ''), writeFile(files.summary, '')])
  const env = {
    ...runnerVariables(server, folder, files),
    ...inputs(place, version),
    GITHUB_RUN_ID: String(1_000_000 + version),
  }
  const child = spawn(process.execPath, [script], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let log = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (log += text))
  const status = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve))
  const output = await readFile(files.output, 'utf8')
  if (status !== 0 || !/^commit<<(\S+)\n[0-9a-f]{40}\n/m.test(output))
    throw new Error(`the Action made no commit: ${log}`)
}

const script = join(import.meta.dirname, '..', '..', 'action', 'dist', 'main.mjs')

function inputs(place: number, version: number): Record<string, string> {
  return {
    INPUT_OPERATION: 'UPSERT',
    INPUT_TABLE: table,
    INPUT_RECORD: JSON.stringify(recordOf(place, version)),
    INPUT_BASEDIR: 'db',
    INPUT_VERBOSE: 'false',
    INPUT_JOB_INDEX: '0',
    INPUT_GITHUB_TOKEN: 'bench-token',
  }
}

function runnerVariables(server: string, folder: string, files: { event: string; output: string; summary: string }) {
  return {
    PATH: process.env.PATH,
    HOME: folder,
    TMPDIR: folder,
    GITHUB_ACTIONS: 'true',
    GITHUB_SERVER_URL: server,
    GITHUB_REPOSITORY: 'octo/shop',
    GITHUB_EVENT_NAME: 'workflow_dispatch',
    GITHUB_EVENT_PATH: files.event,
    GITHUB_OUTPUT: files.output,
    GITHUB_STEP_SUMMARY: files.summary,
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_JOB: 'apply',
    GITHUB_ACTION: '__self',
    GITHUB_WORKSPACE: folder,
  }
}
