import { type GitOptions, runGit } from './git.ts'

/**
 * Keeps the number of packs small for ever: after every so many new ones git merges them in the background, the small ones
 * often and the big ones seldom (`repack --geometric`), and adds the new commits to the commit-graph.
 */
export class Upkeep {
  readonly #folder: string
  readonly #options: GitOptions
  readonly #closing = new AbortController()
  #added = 0
  #running: Promise<void> | undefined

  constructor(folder: string, options: GitOptions) {
    this.#folder = folder
    this.#options = options
  }

  /** Says how many packs came. */
  packsAdded(count: number): void {
    this.#added += count
    if (this.#added < packsBetween || this.#running || this.#closing.signal.aborted) return
    this.#added = 0
    this.#running = this.#run().finally(() => {
      this.#running = undefined
    })
  }

  /** Stops what runs; the next owner does it again. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#running
  }

  /** A failure costs nothing but packs: the next round tries again, and reads and writes go on. */
  async #run(): Promise<void> {
    await this.#git('repack', '--geometric=2', '-d', '-q')
    await this.#git('commit-graph', 'write', '--reachable', '--split', '--changed-paths', '--no-progress')
  }

  async #git(...args: string[]): Promise<void> {
    if (this.#closing.signal.aborted) return
    await runGit([`--git-dir=${this.#folder}`, ...args], { ...this.#options, signal: this.#closing.signal }).catch(
      () => {},
    )
  }
}

const packsBetween = 24
