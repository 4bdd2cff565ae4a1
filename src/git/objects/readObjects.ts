import type { GitObject, Oid } from './object.ts'

/** Reads objects by id, in one go. */
export type ReadObjects = (oids: readonly Oid[]) => Promise<GitObject[]>

/** The object of that id where it can be had without waiting; nothing where it cannot. */
export type FindObject = (oid: Oid) => GitObject | undefined
