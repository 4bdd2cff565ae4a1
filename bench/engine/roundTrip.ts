import { type Latency, latencyOf } from '../ours/latency.ts'
import { type ClientName, connectClient } from './client.ts'
import { errand, jobType } from './models.ts'

export interface RoundTripTask {
  readonly address: string
  readonly client: ClientName
  readonly warmUp: number
  readonly count: number
}

/** CreateProcessInstanceWithResult through one job, one after the other: milliseconds from the call to its reply. */
export async function measure({ address, client, warmUp, count }: RoundTripTask): Promise<Latency> {
  const engine = await connectClient(client, address)
  const { promise: failure, reject } = Promise.withResolvers<never>()
  failure.catch(() => {})
  await engine.deploy(errand)
  engine.work(jobType, { before: async () => {}, after: () => {}, failed: reject })
  const times: number[] = []
  for (let number = 0; number < warmUp + count; number += 1) {
    const start = performance.now()
    await Promise.race([failure, engine.createWithResult(errand.id, { key: String(number) })])
    if (number >= warmUp) times.push(performance.now() - start)
  }
  await engine.close()
  return latencyOf(times)
}
