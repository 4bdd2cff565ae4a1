import { percentile } from '../report/percentile.ts'
import { type ClientName, connectClient } from './client.ts'
import { jobType, messageName, order } from './models.ts'

export interface LoadTask {
  readonly address: string
  readonly client: ClientName
  /** Instances at a time. */
  readonly inFlight: number
  /** How many are not counted: what runs often is compiled first. */
  readonly warmUp: number
  readonly count: number
}

export interface LoadResult {
  /** Instances a second. */
  readonly rate: number
  /** Milliseconds of the client's processor time an instance. */
  readonly clientCpu: number
  /** Milliseconds from an instance's creation to its end. */
  readonly p50: number
  readonly p99: number
}

/** Instances of start → job → message → end: each is created, its worker publishes the message, then completes the job. Over when that is answered. */
export async function measure({ address, client, inFlight, warmUp, count }: LoadTask): Promise<LoadResult> {
  const engine = await connectClient(client, address)
  const ends = new Map<string, () => void>()
  const { promise: failure, reject } = Promise.withResolvers<never>()
  failure.catch(() => {})
  await engine.deploy(order)
  engine.work(jobType, {
    before: ({ key }) => engine.publish(messageName, key!),
    after: ({ key }) => ends.get(key!)?.(),
    failed: reject,
  })
  const one = async (): Promise<number> => {
    const key = crypto.randomUUID()
    const { promise, resolve } = Promise.withResolvers<void>()
    ends.set(key, resolve)
    const begun = performance.now()
    await engine.create(order.id, { key })
    await promise
    ends.delete(key)
    return performance.now() - begun
  }
  const many = async (number: number): Promise<number[]> => {
    const times: number[] = []
    let begun = 0
    const lane = async (): Promise<void> => {
      while (begun < number) {
        begun += 1
        times.push(await one())
      }
    }
    await Promise.race([failure, Promise.all(Array.from({ length: inFlight }, lane))])
    return times
  }
  await many(warmUp)
  const [cpu, start] = [process.cpuUsage(), performance.now()]
  const times = await many(count)
  const [{ user, system }, lasted] = [process.cpuUsage(cpu), performance.now() - start]
  await engine.close()
  return {
    rate: (count * 1000) / lasted,
    clientCpu: (user + system) / 1000 / count,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
  }
}
