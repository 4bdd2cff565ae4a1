import type { Oid } from '../objects/object.ts'
import type { Folder } from './folder.ts'

/** Thrown where a working tree would have to wait for what it reads: `WorkingTree.now` fetches it, a folder or a blob. */
export class NotInMemory extends Error {
  readonly folder: Folder | undefined
  readonly blob: Oid | undefined

  constructor({ folder, blob }: { folder?: Folder; blob?: Oid }) {
    super('a tree was read outside of `now`')
    this.folder = folder
    this.blob = blob
  }
}
