import type { Oid } from '../objects/object.ts'
import type { Listing } from './folder.ts'
import type { Path } from './path.ts'

export interface FanoutLayoutOptions {
  /** The folder of the fan-out in the tree. */
  readonly base: Path
  /** The key's hex digits in lower case, two for each level; keys that differ only in case must have the same. */
  readonly digits: (key: string) => string
  /** The end of a file's name behind its key (default: `.json`). */
  readonly suffix?: string
  /** How many levels of folders there always are (default: 0). Files above belong to somebody else and stay where they are. */
  readonly minimumDepth?: number
}

/** What a fan-out's folders and files are called: all that is known of a key without looking into the tree. */
export class FanoutLayout {
  readonly base: Path
  readonly suffix: string
  readonly #digits: (key: string) => string
  readonly #minimumDepth: number
  /** The digits of the key that was asked for last: its way is gone several times. */
  #lastKey = ''
  #lastDigits = ''

  constructor({ base, digits, suffix = '.json', minimumDepth = 0 }: FanoutLayoutOptions) {
    this.base = base
    this.suffix = suffix
    this.#digits = digits
    this.#minimumDepth = minimumDepth
  }

  digitsOf(key: string): string {
    if (key !== this.#lastKey) {
      this.#lastKey = key
      this.#lastDigits = this.#digits(key)
    }
    return this.#lastDigits
  }

  /** The name of the folder below `path` on the key's way; empty where its digits are used up. */
  next(path: Path, key: string): string {
    const from = this.#depth(path) * 2
    return this.digitsOf(key).slice(from, from + 2)
  }

  fileName(key: string): string {
    return `${key}${this.suffix}`
  }

  keyOf(name: string): string {
    return name.slice(0, -this.suffix.length)
  }

  /** The folder's own files: key to blob. */
  filesIn(path: Path, children: Listing): Map<string, Oid> {
    const files = new Map<string, Oid>()
    if (!this.holdsFiles(path)) return files
    for (const [name, child] of children) {
      if (child.kind === 'file' && this.#isOurs(name)) files.set(this.keyOf(name), child.oid)
    }
    return files
  }

  isSplit(path: Path, children: Listing): boolean {
    return this.isForced(path) || children.digitFolders > 0
  }

  /** Whether the folder is split whatever it holds. */
  isForced(path: Path): boolean {
    return this.#depth(path) < this.#minimumDepth
  }

  holdsFiles(path: Path): boolean {
    return this.#depth(path) >= this.#minimumDepth
  }

  #depth(path: Path): number {
    return path.length - this.base.length
  }

  #isOurs(name: string): boolean {
    return name.endsWith(this.suffix) && !name.startsWith('.')
  }
}
