import { type TestContext, test } from 'node:test'
import type { Repository } from '../repository.ts'
import { assertSound } from './gitFolder.ts'

export interface UnderTest<Opened extends Repository> {
  /** Opens the repository, once more for each call; the test closes what was opened. */
  open(): Promise<Opened>
  /** Where git can look at it. */
  readonly folder?: string
}

/** Makes tests of what `make` gives, anew for each test. What a test opened is closed after it, and then git must find nothing wrong. */
export function checksOf<Opened extends Repository>(
  name: string,
  make: (t: TestContext) => Promise<UnderTest<Opened>>,
): (title: string, body: (open: () => Promise<Opened>) => Promise<void>) => void {
  return (title, body) =>
    void test(`${name}: ${title}`, async (t) => {
      const { open, folder } = await make(t)
      const opened: Opened[] = []
      try {
        await body(async () => {
          opened.push(await open())
          return opened.at(-1)!
        })
      } finally {
        for (const repository of opened) await repository.close()
      }
      if (folder) await assertSound(folder)
    })
}
