import type { State } from './state.ts'

/** All documents of a state, by path: `engine.json`, `processes/<key>.json`, `instances/<key>.json`, `messages/<key>.json`. */
export function toDocuments(_state: State): Map<string, unknown> {
  throw new Error('not there yet')
}

/** The documents at these paths (see `takeTouched`), null for one that vanished. */
export function documentsAt(_state: State, _paths: Iterable<string>): Map<string, unknown | null> {
  throw new Error('not there yet')
}

/** The state that the documents hold; indexes and compiled models are built again. Throws `invalid` for what is no state. */
export async function fromDocuments(_documents: ReadonlyMap<string, unknown>): Promise<State> {
  throw new Error('not there yet')
}
