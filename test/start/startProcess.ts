import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import { afterwards } from '../../src/git/testing/afterwards.ts'

const project = join(import.meta.dirname, '..', '..')

/** One line of `--json`: see the screen's kinds. */
export interface Line extends Readonly<Record<string, unknown>> {
  readonly type: string
}

export interface ProcessOptions {
  readonly args: readonly string[]
  /** Beside what a process needs to be found and to find its way. */
  readonly env?: Readonly<Record<string, string>>
  readonly command?: readonly [string, ...string[]]
  readonly cwd?: string
  /** A group of its own, as a shell gives each of its jobs. */
  readonly detached?: boolean
}

/** `npm start` as a process of its own, and what it says. */
export class StartProcess {
  readonly #child: ChildProcess
  readonly #listeners = new Set<() => void>()
  readonly lines: Line[] = []
  /** Everything on both streams. */
  output = ''
  errors = ''
  /** Resolves with the exit status, or the signal's name. */
  readonly ended: Promise<number | string>
  #hasEnded = false

  constructor({ args, env = {}, command = script, cwd = project, detached = false }: ProcessOptions) {
    const [program, ...first] = command
    const { PATH, HOME, TMPDIR } = process.env
    this.#child = spawn(program, [...first, ...args], {
      cwd,
      detached,
      env: { PATH, HOME, ...(TMPDIR ? { TMPDIR } : {}), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#read()
    this.ended = this.#untilEnd()
  }

  get pid(): number {
    return this.#child.pid!
  }

  kill(signal: NodeJS.Signals): Promise<number | string> {
    this.#child.kill(signal)
    return this.ended
  }

  /** Sends it to the whole group, as a terminal does with Ctrl-C. */
  async killGroup(signal: NodeJS.Signals): Promise<number | string> {
    process.kill(-this.pid, signal)
    return this.ended
  }

  /** The first line that is wanted, of those that were said or will be. Rejects when the process ends without one. */
  line(isWanted: (line: Line) => boolean): Promise<Line> {
    return this.#until(() => this.lines.find(isWanted))
  }

  /** Resolves when the output has it. */
  async said(what: RegExp): Promise<void> {
    await this.#until(() => what.test(this.output) || undefined)
  }

  /** Resolves when so many lines were wanted. */
  async count(isWanted: (line: Line) => boolean, number: number): Promise<void> {
    await this.#until(() => this.lines.filter(isWanted).length >= number || undefined)
  }

  async #until<T>(find: () => T | undefined): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const look = () => {
      const found = find()
      if (found !== undefined) resolve(found)
      else if (this.#hasEnded) reject(new Error(`it ended before that:\n${this.output}`))
    }
    this.#listeners.add(look)
    look()
    return promise.finally(() => this.#listeners.delete(look))
  }

  #read(): void {
    const { stdout, stderr } = this.#child
    stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.output += text
      this.errors += text
    })
    stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.output += text
    })
    createInterface({ input: stdout! }).on('line', (text) => {
      if (text.startsWith('{')) this.lines.push(JSON.parse(text))
      this.#tell()
    })
  }

  async #untilEnd(): Promise<number | string> {
    const { promise, resolve, reject } = Promise.withResolvers<number | string>()
    this.#child.once('error', reject)
    this.#child.once('close', (status, signal) => resolve(status ?? signal!))
    return promise.finally(() => {
      this.#hasEnded = true
      this.#tell()
    })
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}

const script = [process.execPath, join(project, 'scripts/start.mjs')] as const satisfies [string, ...string[]]

/** Starts it; it is gone when the test ends, whatever happened. */
export function spawnStart(t: TestContext, options: ProcessOptions): StartProcess {
  const started = new StartProcess(options)
  const end = options.detached ? 'killGroup' : 'kill'
  afterwards(t, () => started[end]('SIGKILL').catch(() => {}))
  return started
}

export interface Addresses {
  /** `http://127.0.0.1:<port>`. */
  readonly hub: string
  /** `127.0.0.1:<port>`. */
  readonly engine: string
  /** May write. */
  readonly token: string
}

/** Starts it on any free ports without the run, and waits until it is up. */
export async function startOn(t: TestContext, folder: string): Promise<StartProcess & { addresses: Addresses }> {
  const args = [
    '--data',
    folder,
    '--port',
    '0',
    '--engine-port',
    '0',
    '--repository',
    'octo/shop',
    '--no-demo',
    '--json',
  ]
  const started = spawnStart(t, { args })
  await started.line(({ what }) => what === "the engine's gateway")
  return Object.assign(started, { addresses: await addressesOf(folder) })
}

/** Made as a user makes one. */
export async function newToken(folder: string, scope: string): Promise<string> {
  const args = ['token', 'create', `test-${randomUUID()}`, '--scope', scope, '--data', folder]
  const cli = join(project, 'scripts/commitbase.mjs')
  return (await promisify(execFile)(process.execPath, [cli, ...args])).stdout.trim()
}

export async function addressesOf(folder: string): Promise<Addresses> {
  const { hub, engine } = JSON.parse(await readFile(join(folder, 'addresses.json'), 'utf8'))
  return { hub, engine, token: await newToken(folder, 'write') }
}
