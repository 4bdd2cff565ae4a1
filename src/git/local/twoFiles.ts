import { dirname } from 'node:path'
import { step } from '../../step.ts'
import type { Files, WritableFile } from '../disk/files.ts'
import { Turns } from '../turns.ts'

/** A file that is to take the place of another once it is whole. */
export interface Draft {
  readonly path: string
  readonly file: WritableFile
  /** Bytes that lie in it already, all of them older: what is written up to there does not make it grow. */
  readonly room: number
}

/**
 * A file that is written anew now and then, as two that take turns: the one that was replaced stays under a name of its own, and
 * the next successor is written over it. So no blocks are taken or given back, and nothing grows. Who reads it must tell what is
 * older: behind the new bytes old ones lie.
 *
 * The file's name leads to a whole one at every moment. What a killed owner left beside it is never written to, only removed: it
 * may be that very file, under its second name.
 */
export class TwoFiles {
  readonly #path: string
  readonly #spare: string
  readonly #files: Files
  readonly #turns = new Turns()
  /** Bytes of the one that was replaced and is kept; none where there is none. */
  #kept = 0

  constructor(path: string, files: Files) {
    this.#path = path
    this.#spare = `${path}.spare`
    this.#files = files
  }

  /** Opens a file to be written from its beginning, under the name with that ending. */
  begin(ending: Ending): Promise<Draft> {
    return this.#turns.take(async () => {
      const path = this.#path + ending
      const room = this.#kept
      this.#kept = 0
      if (room > 0) await this.#files.rename(this.#spare, path)
      else for (const left of [this.#spare, path]) await this.#files.remove(left)
      const file = await this.#files.create(path, { mode: 0o600, eachSynced: true, inPlace: room > 0 })
      return { path, file, room }
    })
  }

  /** Gives it the name, once it was synced. `size`: bytes of the file that has it now; nothing where that is not to be kept. */
  replaceBy({ path }: Draft, size: number): Promise<void> {
    return this.#turns.take(async () => {
      const isKept = size > 0 && size <= largestKept && (await this.#keep())
      if (isKept) step('ahead.kept')
      await this.#files.rename(path, this.#path)
      step('ahead.renewed')
      await this.#files.syncFolder(dirname(this.#path))
      // Not before: until then a power cut may give it its name back.
      if (isKept) this.#kept = size
    })
  }

  /** Gives the blocks of the one that is kept back to the disk. */
  forgetKept(): Promise<void> {
    return this.#turns.take(async () => {
      this.#kept = 0
      await this.#removeLeft(this.#spare)
    })
  }

  /** Gives the blocks of one that takes no place back to the disk. Where `replaceBy` failed it may have the name: it is not for this. */
  async discard({ path, file }: Draft): Promise<void> {
    await file.close()
    await this.#turns.take(() => this.#removeLeft(path))
  }

  /** Removes all that lies beside the file, when nobody writes there. */
  async removeRest(): Promise<void> {
    await this.forgetKept()
    for (const ending of endings) await this.#removeLeft(this.#path + ending)
  }

  /** What cannot be removed is nobody's failure: who begins there next removes it first. */
  async #removeLeft(path: string): Promise<void> {
    try {
      await this.#files.remove(path)
    } catch {
      // It lies there for a while.
    }
  }

  /** On a file system without second names the file goes when it is replaced. */
  async #keep(): Promise<boolean> {
    try {
      await this.#files.link(this.#path, this.#spare)
      return true
    } catch {
      return false
    }
  }
}

const endings = ['.new', '.next'] as const
export type Ending = (typeof endings)[number]

/** Bytes. */
const largestKept = 64 << 20
