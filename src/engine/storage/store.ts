import { readJson } from '../../readJson.ts'

/**
 * Where the engine's documents are kept: JSON values by path, such as `engine.json` and `instances/<key>.json`.
 * The runtime loads them once and saves what a batch of commands changed, one save after the other.
 */
export interface EngineStore {
  /** Every document there is, by path; none for a new engine. Throws `unavailable` or `internal`. */
  load(): Promise<Map<string, unknown>>
  /**
   * Resolves when all of the changes are durable (`null`: the document is gone). Where it throws, none of them are, or
   * all of them: the runtime loads again to see. `subject`: one line on what happened, for people.
   */
  save(changes: ReadonlyMap<string, unknown | null>, subject: string): Promise<void>
  close(): Promise<void>
}

/** Documents in memory, as JSON, so that nobody shares an object with it. They are still there when an engine opens it again. */
export function createMemoryStore(): EngineStore {
  const documents = new Map<string, string>()
  return {
    async load() {
      return new Map(Array.from(documents, ([path, json]) => [path, readJson(json)]))
    },
    async save(changes) {
      for (const [path, document] of changes) {
        if (document === null) documents.delete(path)
        else documents.set(path, JSON.stringify(document))
      }
    },
    async close() {},
  }
}
