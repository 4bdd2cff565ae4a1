import { createMemoryStore, type EngineStore } from '../storage/store.ts'

export interface UnrulyStore {
  readonly store: EngineStore
  /** The next save fails, and nothing of it is kept. */
  failNext(): void
  /** The next save waits for `release`, or fails with `fail`; `saving` resolves when it has begun. */
  holdNext(): { saving: Promise<void>; release: () => void; fail: (error: Error) => void }
}

/** A store in memory whose saves can be made to fail, or held up. */
export function createUnrulyStore(): UnrulyStore {
  const inner = createMemoryStore()
  let fails = false
  let held: { begin: () => void; released: Promise<void> } | undefined
  async function save(changes: ReadonlyMap<string, unknown>, subject: string): Promise<void> {
    const hold = held
    held = undefined
    hold?.begin()
    await hold?.released
    if (fails && hold === undefined) {
      fails = false
      throw new Error('the disk is full')
    }
    await inner.save(changes, subject)
  }
  return {
    store: { ...inner, save },
    failNext: () => {
      fails = true
    },
    holdNext: () => {
      const { promise: saving, resolve: begin } = Promise.withResolvers<void>()
      const { promise: released, resolve: release, reject: fail } = Promise.withResolvers<void>()
      held = { begin, released }
      return { saving, release, fail }
    },
  }
}
