import type { SharedRepository } from '../repository.ts'

export interface Distance {
  /** Takes the time of one way there, or back. */
  readonly pass: () => Promise<void>
  /** Called with each push that gets there. */
  readonly onPush?: () => void
}

/** The same repository behind a network. */
export function distant(repository: SharedRepository, { pass, onPush }: Distance): SharedRepository {
  const there = async <T>(call: () => Promise<T>): Promise<T> => {
    await pass()
    const answer = await call()
    await pass()
    return answer
  }
  return {
    head: () => there(() => repository.head()),
    refs: (names) => there(() => repository.refs(names)),
    read: (oids) => there(() => repository.read(oids)),
    land: (...landing) =>
      there(() => {
        onPush?.()
        return repository.land(...landing)
      }),
    landEach: (...landing) =>
      there(() => {
        onPush?.()
        return repository.landEach(...landing)
      }),
    history: repository.history,
    close: () => repository.close(),
  }
}
