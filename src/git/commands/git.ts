import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { CommitbaseError } from '../../errors.ts'

/** Variables for a child process. A door hands in its own; without one git is looked for in the system's default folders. */
export type Environment = Readonly<Record<string, string | undefined>>

export interface GitOptions {
  readonly environment?: Environment
  /** Settings for this run alone. They travel in the child's environment, never in an argument: the process list shows none. */
  readonly config?: Readonly<Record<string, string>>
  /** Variables that this run needs whatever they are called, such as a hook's `GIT_QUARANTINE_PATH`. */
  readonly variables?: Environment
}

export interface RunOptions extends GitOptions {
  readonly input?: string | Buffer
  /** Milliseconds until the child is ended. */
  readonly timeout?: number
  /** Bytes of output that are kept; more is an error. */
  readonly limit?: number
  /** Ends the child. */
  readonly signal?: AbortSignal
  /** Whether everybody else goes first. */
  readonly isBackground?: boolean
}

export interface GitResult {
  /** The exit status; `null` where a signal ended git. */
  readonly status: number | null
  readonly output: Buffer
  /** What git said on standard error, at most its last 16 KiB. */
  readonly words: string
}

/** Runs git and gives its output. Throws `internal` with git's words where its status is not 0. */
export async function git(args: readonly string[], options: RunOptions = {}): Promise<Buffer> {
  const { status, output, words } = await runGit(args, options)
  if (status === 0) return output
  throw new CommitbaseError('internal', `git ${subcommand(args)} failed with status ${status}: ${words || 'no words'}`)
}

/** Runs git to its end, whatever its status. Throws `unavailable` where it cannot be started or takes too long. */
export async function runGit(args: readonly string[], options: RunOptions = {}): Promise<GitResult> {
  const child = startGit(args, options)
  if (options.isBackground) giveWay(child)
  const words = collectWords(child)
  const output = collectOutput(child, options.limit ?? 1 << 30)
  const ended = whenEnded(child, options.signal)
  const timer =
    options.timeout === undefined ? undefined : setTimeout(() => endGroup(child, 'SIGKILL'), options.timeout)
  child.stdin.end(options.input ?? '')
  try {
    const { status, signal } = await ended
    if (signal === 'SIGKILL' && timer !== undefined) {
      const seconds = options.timeout! / 1000
      throw new CommitbaseError('unavailable', `git ${subcommand(args)} did not end within ${seconds} s; try again`)
    }
    return { status, output: output(), words: words() }
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Starts git. The child has a process group of its own, so that a Ctrl-C at the terminal does not end it in the middle of a
 * write: whoever started it ends it, and closing its input does where this process dies.
 */
export function startGit(args: readonly string[], options: GitOptions = {}): ChildProcessWithoutNullStreams {
  return startProcess('git', args, gitEnvironment(options))
}

/** The same for another program. Throws `unavailable` where as many files are open as may be. */
export function startProcess(
  program: string,
  args: readonly string[],
  env: Environment,
): ChildProcessWithoutNullStreams {
  const child = spawn(program, args, {
    env,
    detached: process.platform !== 'win32',
    windowsHide: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  if (!child.stdin) {
    // Without files for its pipes Node makes no child but this husk, which says so a moment later.
    ;(child as ChildProcess).once('error', () => {})
    throw new CommitbaseError(
      'unavailable',
      `${program} cannot be started: as many files are open as may be; try again`,
    )
  }
  // A child that ends before it has read its input says why by its status and its words.
  child.stdin.on('error', () => {})
  return child
}

/**
 * The child's environment: the given one without what would send git elsewhere (`GIT_DIR`, `GIT_INDEX_FILE`, foreign settings…),
 * no prompts, English words, no `refs/replace/` (an id is its object), indexes of packs as we read them, and everything that git writes made durable (`core.fsync`, git 2.36; its default leaves refs out).
 */
export function gitEnvironment({
  environment = {},
  config = {},
  variables = {},
}: GitOptions): Record<string, string | undefined> {
  const kept = Object.entries(environment).filter(([name]) => !name.startsWith('GIT_') || harmless.has(name))
  const settings = Object.entries({ 'core.fsync': 'all', 'pack.indexVersion': '2', ...config })
  return {
    ...Object.fromEntries(kept),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
    ...variables,
  }
}

/**
 * Resolves when the child is gone; rejects with `unavailable` where there is no git to start. `ending`: ends the child and what it has
 * started. Where that does not go when it is asked to, it is killed; and where the system does not end it even so, since it waits
 * for a disk or everybody else goes before it, nobody waits for it any longer, `unavailable`: it does nothing more.
 */
export function whenEnded(
  child: ChildProcessWithoutNullStreams,
  ending?: AbortSignal,
): Promise<{ status: number | null; signal: string | null }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number | null; signal: string | null }>()
  child.once('error', (error) => {
    reject(
      new CommitbaseError('unavailable', `git cannot be started (${error.message}); install git`, { cause: error }),
    )
  })
  child.once('close', (status, signal) => resolve({ status, signal }))
  if (!ending) return promise
  let timer: NodeJS.Timeout | undefined
  const leave = () => {
    child.unref()
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy()
    reject(new CommitbaseError('unavailable', `process ${child.pid} did not end when it was killed`))
  }
  const kill = () => {
    endGroup(child, 'SIGKILL')
    timer = setTimeout(leave, longestEnd)
  }
  const end = () => {
    endGroup(child)
    timer = setTimeout(kill, longestEnd)
  }
  ending.addEventListener('abort', end, { once: true })
  if (ending.aborted) end()
  return promise.finally(() => {
    clearTimeout(timer)
    ending.removeEventListener('abort', end)
  })
}

/** Milliseconds from the one to the other. */
const longestEnd = 1_500

/**
 * The lowest priority, for it and what it starts. Where Linux gives each session its share (sched(7), "The autogroup feature"), a
 * process group of its own is one, and priorities count among its processes alone: so the group's is set, too. A child that is
 * gone already needs none.
 */
export function giveWay({ pid }: ChildProcessWithoutNullStreams): void {
  if (pid === undefined) return
  for (const lower of [() => setPriority(pid, lowest), () => writeFileSync(`/proc/${pid}/autogroup`, `${lowest}`)]) {
    try {
      lower()
    } catch {}
  }
}

const lowest = constants.priority.PRIORITY_LOW

/** Ends git and the processes that it has started: `git repack` would leave its own to finish, and we would wait for what they hold. */
export function endGroup(child: ChildProcessWithoutNullStreams, signal: NodeJS.Signals = 'SIGTERM'): void {
  try {
    if (process.platform !== 'win32' && child.pid !== undefined) process.kill(-child.pid, signal)
    else child.kill(signal)
  } catch {
    // It is gone already.
  }
}

/** Keeps the end of what the child says on standard error. */
export function collectWords(child: ChildProcessWithoutNullStreams): () => string {
  let said = ''
  child.stderr.setEncoding('utf8')
  child.stderr.on('data', (text: string) => {
    said = (said + text).slice(-16_384)
  })
  return () => said.trim()
}

function collectOutput(child: ChildProcessWithoutNullStreams, limit: number): () => Buffer {
  const chunks: Buffer[] = []
  let length = 0
  child.stdout.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length <= limit) chunks.push(chunk)
    else endGroup(child)
  })
  return () => {
    if (length > limit)
      throw new CommitbaseError('internal', `git gave more than the ${limit} bytes that were expected`)
    return Buffer.concat(chunks)
  }
}

/** The first word that is neither an option nor an option's folder. */
function subcommand(args: readonly string[]): string {
  return args.find((arg) => !arg.startsWith('-')) ?? ''
}

/** Ambient settings that lead nowhere else and without which some users do not reach their server. */
const harmless: ReadonlySet<string> = new Set(['GIT_SSL_CAINFO', 'GIT_SSL_CAPATH'])
