import type { GitOptions } from '../commands/git.ts'
import type { GitObject, Oid } from '../objects/object.ts'
import { type Listing, UploadPack } from './uploadPack.ts'

/**
 * What a server can be asked in one conversation, begun again where it has ended. Gives nothing where it must be asked by git's
 * commands: another way to it than HTTP or a folder, an old protocol, or much that is wanted at once, which git does better.
 */
export class Conversation {
  readonly #connect: () => Promise<UploadPack | undefined>
  #current: Promise<UploadPack | undefined> | undefined
  #hasListed = false

  constructor(url: string, folder: string, options: GitOptions) {
    this.#connect = () => UploadPack.open(url, folder, options)
  }

  /** The refs whose names begin so, as they are now. */
  async refs(prefixes: readonly string[]): Promise<Listing | undefined> {
    let conversation = await this.#open()
    if (conversation && this.#hasListed && !conversation.isStateless) {
      await this.close()
      conversation = await this.#open()
    }
    this.#hasListed = true
    return await conversation?.refs(prefixes)
  }

  /** Some of the objects, and perhaps others. */
  async fetch(oids: readonly Oid[]): Promise<GitObject[] | undefined> {
    if (oids.length > most) return undefined
    const conversation = await this.#open()
    return conversation?.filters ? await conversation.fetch(oids) : undefined
  }

  async close(): Promise<void> {
    const current = this.#current
    this.#current = undefined
    this.#hasListed = false
    await (await current?.catch(() => undefined))?.close()
  }

  async #open(): Promise<UploadPack | undefined> {
    const before = this.#current
    if ((await before)?.isOver && this.#current === before) this.#current = undefined
    this.#current ??= this.#begin()
    return await this.#current
  }

  #begin(): Promise<UploadPack | undefined> {
    this.#hasListed = false
    const begun = this.#connect()
    // Who asks next tries again.
    begun.catch(() => {
      if (this.#current === begun) this.#current = undefined
    })
    return begun
  }
}

/** Objects in one question. Each is held in memory with the whole answer; git writes more of them to the disk. */
const most = 256
