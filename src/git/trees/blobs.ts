import type { GitObject, Oid } from '../objects/object.ts'
import type { FindObject, ReadObjects } from '../objects/readObjects.ts'
import { NotInMemory } from './notInMemory.ts'
import type { UndoLog } from './undoLog.ts'

/** Takes a blob as it is written; from then on it is found where all others are. */
export type HandOn = (blob: GitObject) => void

/** The contents of a working tree's files: those that were written and not sealed yet, and all others as they are read. */
export class Blobs {
  readonly #readObjects: ReadObjects
  readonly #find: FindObject | undefined
  readonly #undo: UndoLog
  readonly #handOn: HandOn | undefined
  /** Another map after each seal: V8 has one that was cleared lead on from what was in it to what came later, and old rubbish kept all of it. */
  #written = new Map<Oid, GitObject>()
  /** For an action that runs again. */
  #fetched = new Map<Oid, GitObject>()

  constructor(readObjects: ReadObjects, find: FindObject | undefined, undo: UndoLog, handOn: HandOn | undefined) {
    this.#readObjects = readObjects
    this.#find = find
    this.#undo = undo
    this.#handOn = handOn
  }

  /** The bytes of that blob. Throws `NotInMemory` where they take waiting. */
  read(oid: Oid): Buffer {
    const blob = this.#written.get(oid) ?? this.#fetched.get(oid) ?? this.#find?.(oid)
    if (!blob) throw new NotInMemory({ blob: oid })
    return blob.body
  }

  /** The bytes of those blobs, in that order, fetched together. */
  async readAll(oids: readonly Oid[]): Promise<Buffer[]> {
    const found = new Map<Oid, GitObject>()
    const missing = new Set<Oid>()
    for (const oid of oids) {
      const written = this.#written.get(oid)
      // It may have been sealed by the time the others are here.
      if (written) found.set(oid, written)
      else missing.add(oid)
    }
    const fetched = missing.size > 0 ? await this.#readObjects([...missing]) : []
    for (const object of fetched) found.set(object.oid, object)
    return oids.map((oid) => found.get(oid)!.body)
  }

  /** Has that blob at hand until `forgetFetched`. */
  async fetch(oid: Oid): Promise<void> {
    this.#fetched.set(oid, (await this.#readObjects([oid]))[0]!)
  }

  forgetFetched(): void {
    this.#fetched = new Map()
  }

  write(blob: GitObject): void {
    if (this.#handOn) this.#handOn(blob)
    else if (!this.#written.has(blob.oid)) this.#keep(blob)
  }

  #keep(blob: GitObject): void {
    this.#written.set(blob.oid, blob)
    this.#undo.push(() => this.#written.delete(blob.oid))
  }

  /** Those that were written since the last sealing. */
  get written(): GitObject[] {
    return [...this.#written.values()]
  }

  /** They were sealed: others have them now. */
  forgetWritten(): void {
    this.#written = new Map()
  }

  /** The sealing was taken back. */
  putBack(blobs: readonly GitObject[]): void {
    for (const blob of blobs) this.#written.set(blob.oid, blob)
  }
}
