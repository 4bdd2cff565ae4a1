import type { Oid } from '../../git/objects/object.ts'
import type { RecordChange } from '../tables/recordChanges.ts'
import { versionKey } from './versionSegments.ts'

/** A record as a commit left it: its blob, `null` where it is gone. */
export interface CommitVersion {
  /** Of `versionKey`. */
  readonly key: string
  readonly blob: Oid | null
}

/** Versions that a commit made, all of them or a part: `goesOn` where others follow. */
export interface CommitVersions {
  readonly commit: Oid
  readonly versions: readonly CommitVersion[]
  readonly goesOn: boolean
}

/**
 * The versions that one commit made, from its changes a part at a time. A file that goes in one place and comes in another, as in
 * a split, only moved: what was only gone or only new so far waits for the end, in some 100 bytes a record.
 */
export class CommitChanges {
  /** By key: `+` and the blob that came, or `-` and the one that went, as Latin-1. */
  #halves = new Map<string, string>()

  /** Takes a part. Gives the versions that are certain. */
  take(changes: readonly RecordChange[]): CommitVersion[] {
    const versions: CommitVersion[] = []
    for (const { table, id, before, after } of changes) {
      const key = versionKey(table, id)
      const half = before !== null && after !== null ? undefined : this.#halves.get(key)
      if (half !== undefined) this.#halves.delete(key)
      const [was, is] = half?.startsWith('+') ? [before, oidOf(half)] : [half ? oidOf(half) : before, after]
      if (was === is) continue
      if (was !== null && is !== null) versions.push({ key, blob: is })
      else this.#halves.set(key, was === null ? halfOf('+', is!) : halfOf('-', was))
    }
    return versions
  }

  /** The others, at the end of the commit. */
  *rest(): Generator<CommitVersion> {
    const halves = this.#halves
    this.#halves = new Map()
    for (const [key, half] of halves) yield { key, blob: half.startsWith('+') ? oidOf(half) : null }
  }
}

function halfOf(sign: '+' | '-', oid: Oid): string {
  return sign + Buffer.from(oid, 'hex').toString('latin1')
}

function oidOf(half: string): Oid {
  return Buffer.from(half.slice(1), 'latin1').toString('hex')
}
