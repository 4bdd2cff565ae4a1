import { CommitbaseError, codeOf } from '../../errors.ts'
import { type GitObject, makeObject, type Oid } from '../../git/objects/object.ts'
import type { Repository } from '../../git/repository.ts'
import type { Workspace } from '../../git/workspace.ts'

/** How far a consumer has read the receipts: all up to `seq` are done with. */
export interface Cursor {
  readonly seq: number
  /** The blob that its ref names; nothing before the consumer's first move. */
  readonly oid: Oid | null
}

function cursorRef(consumer: string): string {
  return `refs/commitbase/cursors/${consumer}`
}

/** Where the consumer stands; at 0 where it has never been. */
export async function readCursor(repository: Repository, consumer: string): Promise<Cursor> {
  for (let looks = 1; ; looks++) {
    const oid = (await repository.refs([cursorRef(consumer)])).get(cursorRef(consumer))
    if (oid === undefined) return { seq: 0, oid: null }
    try {
      const [blob] = await repository.read([oid])
      return { seq: seqIn(blob!, consumer), oid }
    } catch (error) {
      // Somebody moved it after we looked, and nothing leads to what it was.
      if (codeOf(error) !== 'not_found' || looks >= mostLooks) throw error
    }
  }
}

const mostLooks = 5

function seqIn({ body }: GitObject, consumer: string): number {
  const value: unknown = JSON.parse(body.toString('utf8'))
  if (typeof value === 'object' && value !== null && 'seq' in value && Number.isSafeInteger(value.seq))
    return value.seq as number
  throw new CommitbaseError('internal', `${cursorRef(consumer)} holds no cursor: ${body.toString('utf8').slice(0, 80)}`)
}

/** Carries the cursor on with the workspace's next landing, which is lost when somebody else moved it. */
export function moveCursor(workspace: Workspace, consumer: string, from: Cursor, seq: number): Cursor {
  const blob = makeObject('blob', Buffer.from(`${JSON.stringify({ seq })}\n`))
  if (blob.oid !== from.oid) workspace.point(cursorRef(consumer), from.oid, blob)
  return { seq, oid: blob.oid }
}
