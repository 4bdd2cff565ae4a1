import { type Latency, latencyOf } from '../ours/latency.ts'
import { connectClient } from './client.ts'
import { messageName, waiting } from './models.ts'

export interface PublishingTask {
  readonly address: string
  /** How many instances there are already; those that are started here are numbered from there. */
  readonly from: number
  readonly warmUp: number
  readonly count: number
}

/** One after the other, an instance is started and its message published: milliseconds of the publish, which correlates and ends it. */
export async function measure({ address, from, warmUp, count }: PublishingTask): Promise<Latency> {
  const engine = await connectClient('grpc-js', address)
  await engine.deploy(waiting)
  const times: number[] = []
  for (let number = 0; number < warmUp + count; number += 1) {
    const key = `published-${from + number}`
    await engine.create(waiting.id, { key })
    const start = performance.now()
    await engine.publish(messageName, key)
    if (number >= warmUp) times.push(performance.now() - start)
  }
  await engine.close()
  return latencyOf(times)
}
