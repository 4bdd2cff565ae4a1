import type { LocalRepository } from '../../git/local/local.ts'
import type { Oid } from '../../git/objects/object.ts'
import type { Writer } from '../../git/writer.ts'
import type { PushedRef } from '../happening.ts'

export interface PushOptions {
  readonly writer: Writer
  readonly repository: LocalRepository
  /** Called with the refs that the push moved, once they have. */
  readonly onPushed: (refs: readonly PushedRef[]) => void
}

/** Runs a push at the write door, between two batches, and sees by the refs themselves what it did. */
export function pushExclusively<T>(push: () => Promise<T>, options: PushOptions): Promise<T> {
  const { writer, repository, onPushed } = options
  return writer.exclusively(() =>
    repository.lend(async () => {
      const before = await repository.refs(['refs/'])
      try {
        return await push()
      } finally {
        const moved = movedBetween(before, await repository.refs(['refs/']))
        if (moved.length > 0) onPushed(moved)
      }
    }),
  )
}

function movedBetween(before: ReadonlyMap<string, Oid>, after: ReadonlyMap<string, Oid>): PushedRef[] {
  const refs = [...new Set([...before.keys(), ...after.keys()])]
  const moves = refs.map((ref) => ({ ref, from: before.get(ref) ?? null, to: after.get(ref) ?? null }))
  return moves.filter(({ from, to }) => from !== to)
}
