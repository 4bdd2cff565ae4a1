import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runGit } from '../../src/git/commands/git.ts'
import type { Where } from './brokenProcess.ts'
import { repository } from './walk.ts'

/** Somebody who commits a note on top of what the hub has, and pushes it. Each of the notes is tried once. */
export class Person {
  readonly #work: string
  /** Subjects of the commits that the hub took. */
  readonly pushed: string[] = []
  #notes = 0

  /** The folder of an empty repository. */
  constructor(work: string) {
    this.#work = work
  }

  async push({ address, token }: Where): Promise<void> {
    const url = `${address.replace('http://', `http://x:${token}@`)}/${repository}.git`
    const subject = `Note ${++this.#notes}`
    const isThere =
      (await this.#git('fetch', '--quiet', '--depth=1', url, 'main')) &&
      (await this.#git('reset', '--quiet', '--hard', 'FETCH_HEAD'))
    if (!isThere) return
    await writeFile(join(this.#work, `note-${this.#notes}.txt`), `${subject}\n`)
    await this.#git('add', '--all')
    await this.#git('commit', '--quiet', '--message', subject)
    if (await this.#git('push', '--quiet', url, 'HEAD:main')) this.pushed.push(subject)
  }

  /** Whether git ended well. */
  async #git(...args: string[]): Promise<boolean> {
    const config = { 'user.name': 'Ada', 'user.email': 'ada@example.org' }
    const { status } = await runGit(['-C', this.#work, ...args], { environment: process.env, config, timeout: 60_000 })
    return status === 0
  }
}
