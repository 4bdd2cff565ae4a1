import { type GitOptions, git } from '../commands/git.ts'
import type { Oid } from '../objects/object.ts'
import { isNamed, type RefUpdate } from '../repository.ts'
import { readRefFiles } from './refFiles.ts'

/** Where the refs of a folder are on the disk. Who owns the folder need not look twice. */
export class RefsOnDisk {
  readonly #folder: string
  readonly #git: GitOptions
  /** Whether nobody else moves them, so that they may be remembered. */
  #isOurs: boolean
  #known = new Map<string, Oid | undefined>()

  constructor(folder: string, gitOptions: GitOptions, isOurs: boolean) {
    this.#folder = folder
    this.#git = gitOptions
    this.#isOurs = isOurs
  }

  /** Those of the names that exist; a name that ends in `/` asks for all below it. */
  async read(names: readonly string[]): Promise<Map<string, Oid>> {
    if (names.length === 0) return new Map()
    if (names.some((name) => name.endsWith('/'))) return await this.#ask(names)
    const known = this.#known
    const unknown = names.filter((name) => !known.has(name))
    const read = unknown.length > 0 ? await this.#look(unknown) : new Map<string, Oid>()
    const values = names.map((name) => [name, read.get(name) ?? known.get(name)] as const)
    // What was read before they were lent, or meanwhile, may be old.
    if (this.#isOurs && this.#known === known) this.#remember(unknown, read)
    return new Map(values.filter((entry): entry is [string, Oid] => entry[1] !== undefined))
  }

  /** The owner has moved them. */
  moved(updates: readonly RefUpdate[]): void {
    for (const { ref, to } of updates) this.#known.set(ref, to ?? undefined)
  }

  /** Where they are has to be looked up again. */
  forget(): void {
    this.#known = new Map()
  }

  /** Remembers nothing while somebody else may move them. */
  async lend<T>(action: () => Promise<T>): Promise<T> {
    const wereOurs = this.#isOurs
    this.#isOurs = false
    this.forget()
    try {
      return await action()
    } finally {
      this.#isOurs = wereOurs
      this.forget()
    }
  }

  async #look(names: readonly string[]): Promise<Map<string, Oid>> {
    return (await readRefFiles(this.#folder, names)) ?? (await this.#ask(names))
  }

  /** A seal may have moved them while they were read. */
  #remember(names: readonly string[], read: ReadonlyMap<string, Oid>): void {
    for (const name of names) if (!this.#known.has(name)) this.#known.set(name, read.get(name))
  }

  async #ask(names: readonly string[]): Promise<Map<string, Oid>> {
    const args = ['for-each-ref', '--format=%(objectname) %(refname)', ...names]
    const listed = await git([`--git-dir=${this.#folder}`, ...args], this.#git)
    const lines = listed.toString().split('\n').filter(Boolean)
    const all = lines.map((line): [string, Oid] => [line.slice(41), line.slice(0, 40)])
    // git takes a name for a folder's, too: `refs/heads/a` asks for `refs/heads/a/b`.
    return new Map(all.filter(([ref]) => isNamed(ref, names)))
  }
}
