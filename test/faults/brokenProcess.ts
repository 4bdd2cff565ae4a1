import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Step } from '../../src/step.ts'

/** Where a process is ended: when it comes to the step for the n-th time. */
export interface Fault {
  readonly step: Step
  readonly times: number
}

export interface Ended {
  /** The exit status; nothing where a signal ended it. */
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
}

/** Where a running hub and its engine are. */
export interface Where {
  readonly address: string
  readonly token: string
  /** The bare repository. */
  readonly folder: string
  /** `host:port` of the gateway. */
  readonly engine: string
  readonly pid: number
}

/** Where a process is told how to end itself, and what all of them share. */
interface Shared {
  /** The steps at which processes have ended. */
  readonly log: string
  /** Node's own cache of what it has compiled. */
  readonly compiled: string
}

/** The environment of a process that ends itself at the fault's step, and writes the step's name into the log before. */
export function environmentOf({ log, compiled }: Shared, fault: Fault | undefined): Record<string, string> {
  if (fault === undefined) return { NODE_COMPILE_CACHE: compiled }
  return {
    NODE_COMPILE_CACHE: compiled,
    NODE_OPTIONS: `--import=${join(import.meta.dirname, 'arm.ts')}`,
    COMMITBASE_FAULT: `kill@${fault.step}#${fault.times}`,
    COMMITBASE_FAULT_LOG: log,
  }
}

export interface BrokenHub {
  readonly ended: Promise<Ended>
  /** Where it is once it serves; nothing where it ended before. */
  readonly started: Promise<Where | undefined>
  /** What it complained of. */
  words(): string
  kill(signal: NodeJS.Signals): Promise<Ended>
}

/** Starts `hubProcess.ts` on the data folder, as another user where one is named. */
export function startBrokenHub(
  { data, ...shared }: Shared & { data: string },
  fault?: Fault,
  user: { uid?: number; gid?: number } = {},
): BrokenHub {
  const script = join(import.meta.dirname, 'hubProcess.ts')
  const { PATH, HOME, TMPDIR } = process.env
  const env = { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }), ...environmentOf(shared, fault) }
  const child = spawn(process.execPath, [script, data], { env, ...user, stdio: ['ignore', 'pipe', 'pipe'] })
  let words = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-20_000)
  })
  const ended = whenEnded(child)
  const line = new Promise<Where>((resolve) =>
    createInterface(child.stdout).once('line', (text) => resolve(JSON.parse(text))),
  )
  return {
    ended,
    started: Promise.race([line, ended.then(() => undefined)]),
    words: () => words,
    kill: (signal) => {
      child.kill(signal)
      return ended
    },
  }
}

function whenEnded(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status, signal) => resolve({ status, signal }))
  })
}
