import { randomUUID } from 'node:crypto'
import type { TestContext } from 'node:test'
import { startEngine } from '../../../src/engine/start.ts'
import { createMemoryStore } from '../../../src/engine/storage/store.ts'
import { connect, type Engine } from '../../../src/zeebe/connect.ts'

/** Where a real Zeebe listens, to run these same tests against it; unset: the embedded engine. */
const elsewhere = process.env.COMMITBASE_TEST_ZEEBE

export const onEmbedded = elsewhere === undefined

/** A client of an engine, both gone after the test. */
export async function connectTestEngine(t: TestContext): Promise<Engine> {
  const running = elsewhere === undefined ? await startEngine({ store: createMemoryStore(), port: 0 }) : undefined
  const engine = connect({ address: running?.address ?? elsewhere! })
  t.after(async () => {
    await engine.close()
    await running?.stop()
  })
  return engine
}

/** A process id or job type that no other test uses. */
export function unique(name: string): string {
  return `${name}-${randomUUID().slice(0, 8)}`
}
