import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

/** One step of a run, as a workflow writes it. */
export interface StepOptions {
  readonly inputs: Readonly<Record<string, string>>
  /** Where git finds `<server>/<repository>.git`. */
  readonly server: string
  readonly repository?: string
  readonly workspace?: string
  readonly eventName?: string
  readonly event?: unknown
  readonly runId?: string
  readonly step?: string
  readonly env?: Readonly<Record<string, string>>
  /** What is run: the sources unless given. */
  readonly script?: string
  /** Called with the process while it runs. */
  readonly onStart?: (pid: number) => void
}

export interface StepResult {
  readonly status: number | null
  readonly outputs: Readonly<Record<string, string>>
  readonly summary: string
  readonly log: string
  /** The texts of `::error::` lines. */
  readonly errors: readonly string[]
  readonly warnings: readonly string[]
}

let runs = 0

/** Runs the Action as GitHub's runner does: a process of its own, inputs and run in its environment, outputs and summary in files. */
export async function runAction(t: Pick<TestContext, 'after'>, options: StepOptions): Promise<StepResult> {
  const folder = await mkdtemp(join(tmpdir(), 'commitbase-action-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const files = { event: join(folder, 'event.json'), output: join(folder, 'output'), summary: join(folder, 'summary') }
  const event = options.event ?? {}
  await writeFile(files.event, typeof event === 'string' ? event : JSON.stringify(event))
  await Promise.all([writeFile(files.output, ''), writeFile(files.summary, '')])
  const child = spawn(process.execPath, [options.script ?? source], {
    cwd: options.workspace ?? folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      TMPDIR: folder,
      ...runnerVariables(options, folder, files),
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  options.onStart?.(child.pid!)
  let log = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (log += text))
  const status = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
  return {
    status,
    log,
    outputs: parseOutputs(await readFile(files.output, 'utf8')),
    summary: await readFile(files.summary, 'utf8'),
    errors: annotations(log, 'error'),
    warnings: annotations(log, 'warning'),
  }
}

/** A dispatch as GitHub writes it into the event's file. */
export function dispatched(eventType: string, payload: unknown): { eventName: string; event: unknown } {
  const event = {
    action: eventType,
    branch: 'main',
    client_payload: payload,
    repository: { id: 1, full_name: 'acme/shop' },
    sender: { login: 'a' },
  }
  return { eventName: 'repository_dispatch', event }
}

const source = fileURLToPath(new URL('../../action/main.ts', import.meta.url))

function runnerVariables(
  options: StepOptions,
  folder: string,
  files: { event: string; output: string; summary: string },
) {
  const inputs = { basedir: 'db', verbose: 'false', job_index: '0', ...options.inputs }
  return {
    GITHUB_ACTIONS: 'true',
    GITHUB_SERVER_URL: options.server,
    GITHUB_REPOSITORY: options.repository ?? 'acme/shop',
    GITHUB_EVENT_NAME: options.eventName ?? 'workflow_dispatch',
    GITHUB_EVENT_PATH: files.event,
    GITHUB_OUTPUT: files.output,
    GITHUB_STEP_SUMMARY: files.summary,
    GITHUB_RUN_ID: options.runId ?? String(1_000_000 + ++runs),
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_JOB: 'apply',
    GITHUB_ACTION: options.step ?? '__self',
    GITHUB_WORKSPACE: options.workspace ?? folder,
    ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
  }
}

/** `name<<delimiter`, lines, `delimiter`, as @actions/core writes them. */
function parseOutputs(text: string): Record<string, string> {
  const outputs = text.matchAll(/^([\w-]+)<<(.+)\n([\s\S]*?)\n\2$/gm)
  return Object.fromEntries([...outputs].map(([, name, , value]) => [name, value]))
}

function annotations(log: string, kind: string): string[] {
  return [...log.matchAll(new RegExp(`^::${kind}(?: [^:]*)?::(.*)$`, 'gm'))].map(([, text]) =>
    decodeURIComponent(text!),
  )
}
