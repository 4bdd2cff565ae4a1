import type { ZeebeRecord } from '../../src/engine/records/record.ts'
import { startEngine } from '../../src/engine/start.ts'
import { createMemoryStore } from '../../src/engine/storage/store.ts'
import { createManualClock } from '../../src/engine/testing/manualClock.ts'
import type { Target } from './target.ts'

/** A new embedded engine with a clock of its own, in memory. `start`: where the clock stands, in milliseconds since the epoch. */
export async function openOurs(start?: number): Promise<Target> {
  const clock = createManualClock(start)
  const engine = await startEngine({ store: createMemoryStore(), port: 0, clock, records: { keep: 50_000 } })
  return {
    name: 'ours',
    address: engine.address,
    async *records(signal) {
      for await (const { json } of engine.records.read({ from: 1, signal })) yield JSON.parse(json) as ZeebeRecord
    },
    async advance(milliseconds) {
      clock.advance(milliseconds)
    },
    close: () => engine.stop(),
  }
}
