import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { collectWords, type GitOptions, startGit, whenEnded } from './git.ts'
import type { RefUpdate } from './repository.ts'

/** What came of a transaction: done, or refused with git's words (nothing moved, or the child died and nobody knows). */
export type RefOutcome = { readonly done: true } | { readonly done: false; readonly words: string }

/**
 * Moves refs together through one long-lived `git update-ref --stdin`, one transaction at a time. Git ends it at the first
 * refusal; the next transaction starts another.
 */
export class RefTransactions {
  readonly #folder: string
  readonly #options: GitOptions
  #session: Session | undefined

  constructor(folder: string, options: GitOptions) {
    this.#folder = folder
    this.#options = options
  }

  async move(updates: readonly RefUpdate[]): Promise<RefOutcome> {
    if (!this.#session || this.#session.ended) this.#session = new Session(this.#start())
    return await this.#session.run(updates)
  }

  async close(): Promise<void> {
    await this.#session?.close()
    this.#session = undefined
  }

  #start(): ChildProcessWithoutNullStreams {
    return startGit([`--git-dir=${this.#folder}`, 'update-ref', '-z', '--stdin'], this.#options)
  }
}

class Session {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #words: () => string
  readonly #gone: Promise<unknown>
  #said = ''
  #settle: ((outcome: RefOutcome) => void) | undefined
  ended = false

  constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child
    this.#words = collectWords(child)
    child.stdout.setEncoding('latin1')
    child.stdout.on('data', (text: string) => this.#listen(text))
    this.#gone = whenEnded(child).then(
      () => this.#end(this.#words() || 'git update-ref ended'),
      (error: Error) => this.#end(error.message),
    )
  }

  run(updates: readonly RefUpdate[]): Promise<RefOutcome> {
    const { promise, resolve } = Promise.withResolvers<RefOutcome>()
    this.#settle = resolve
    this.#said = ''
    this.#child.stdin.write(['start', ...updates.map(command), 'prepare', 'commit', ''].join('\0'))
    return promise
  }

  async close(): Promise<void> {
    this.#child.stdin.end()
    await this.#gone
  }

  #listen(text: string): void {
    this.#said += text
    if (this.#said.endsWith('commit: ok\n')) this.#answer({ done: true })
  }

  #end(words: string): void {
    this.ended = true
    this.#answer({ done: false, words })
  }

  #answer(outcome: RefOutcome): void {
    this.#settle?.(outcome)
    this.#settle = undefined
  }
}

/** One line of `git update-ref -z --stdin`. An old value of zeros says that the ref must not exist. */
function command({ ref, from, to }: RefUpdate): string {
  if (from === to) return `verify ${ref}\0${from ?? none}`
  if (to === null) return `delete ${ref}\0${from ?? none}`
  return `update ${ref}\0${to}\0${from ?? none}`
}

const none = '0'.repeat(40)
