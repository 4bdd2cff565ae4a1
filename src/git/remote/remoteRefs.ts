import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { GitResult } from '../commands/git.ts'
import type { Oid } from '../objects/object.ts'
import { isNamed } from '../repository.ts'
import type { Conversation } from './conversation.ts'
import type { Listing } from './uploadPack.ts'

export interface RemoteRefsOptions {
  readonly url: string
  readonly conversation: Conversation
  /** A repository on this machine. */
  readonly folder: string
  /** Runs git there. */
  readonly git: (args: readonly string[]) => Promise<GitResult>
  /** What went wrong, as an error. */
  readonly failure: (what: string, reason: unknown) => Error
  /** The ref to take for the head. */
  readonly head?: string
  /** Names that are asked for together with the head. */
  readonly ahead?: readonly string[]
}

/** The refs of a remote, asked for each time anew. */
export class RemoteRefs {
  readonly #options: RemoteRefsOptions
  #head: string | undefined
  #asking: Promise<string> | undefined
  /** What came with the head, for whoever asks first. */
  #first: ReadonlyMap<string, Oid> | undefined

  constructor(options: RemoteRefsOptions) {
    this.#options = options
    this.#head = options.head
  }

  /** The ref that HEAD names. Asked several times at once, the remote is asked once. */
  head(): Promise<string> {
    this.#asking ??= this.#askHead().finally(() => {
      this.#asking = undefined
    })
    return this.#asking
  }

  /** The refs of those names, as `Repository.refs` takes them. */
  async named(names: readonly string[]): Promise<Map<string, Oid>> {
    const refs = this.#takeFirst(names) ?? (await this.list(names))
    return new Map([...refs].filter(([ref]) => isNamed(ref, names)))
  }

  /** The same, and perhaps others. */
  async list(names: readonly string[]): Promise<ReadonlyMap<string, Oid>> {
    this.#first = undefined
    const { head, refs } = (await this.#ask(names)) ?? (await this.#listByGit())
    this.#head ??= head
    return refs
  }

  async #askHead(): Promise<string> {
    const { ahead } = this.#options
    if (this.#head === undefined) {
      const refs = await this.list(ahead ?? [])
      if (ahead) this.#first = refs
    }
    this.#head ??= await this.#unbornHead()
    return this.#head
  }

  #takeFirst(names: readonly string[]): ReadonlyMap<string, Oid> | undefined {
    const first = this.#first
    this.#first = undefined
    const known = [this.#head ?? '', ...(this.#options.ahead ?? [])]
    return first && names.every((name) => isNamed(name, known)) ? first : undefined
  }

  async #ask(names: readonly string[]): Promise<Listing | undefined> {
    try {
      return await this.#options.conversation.refs(names)
    } catch (error) {
      throw this.#failure(error)
    }
  }

  async #listByGit(): Promise<Listing> {
    const { status, output, words } = await this.#options.git(['ls-remote', '--symref', '--quiet', this.#options.url])
    if (status !== 0) throw this.#failure(new Error(words))
    const refs = new Map<string, Oid>()
    let head: string | undefined
    for (const line of output.toString().split('\n').filter(Boolean)) {
      const [value, ref] = line.split('\t') as [string, string]
      if (!value.startsWith('ref: ')) refs.set(ref, value)
      else if (ref === 'HEAD') head = value.slice(5)
    }
    return { head, refs }
  }

  /** Of git's commands only a clone asks for the branch that HEAD names before there is one (protocol v2, `unborn`). */
  async #unbornHead(): Promise<string> {
    const folder = join(this.#options.folder, 'unborn.git')
    const how = ['--bare', '--quiet', '--template=', '--depth=1', '--filter=tree:0', '--single-branch', '--no-tags']
    const { status, words } = await this.#options.git(['clone', ...how, '--', this.#options.url, folder])
    if (status !== 0) throw this.#options.failure('cloning', new Error(words))
    const head = await readFile(join(folder, 'HEAD'), 'utf8')
    await rm(folder, { recursive: true })
    return /^ref: (refs\/heads\/\S+)/.exec(head)?.[1] ?? 'refs/heads/main'
  }

  #failure(reason: unknown): Error {
    return this.#options.failure('asking for the refs of', reason)
  }
}
