import { connectClient } from './client.ts'
import { waiting } from './models.ts'

export interface WaitingTask {
  readonly address: string
  /** The numbers of the instances: each waits for a message with its number as the key. */
  readonly from: number
  readonly to: number
}

/** Starts instances that wait for a message. Gives how many a second. */
export async function measure({ address, from, to }: WaitingTask): Promise<number> {
  const engine = await connectClient('grpc-js', address)
  await engine.deploy(waiting)
  const start = performance.now()
  let next = from
  const lane = async (): Promise<void> => {
    while (next < to) await engine.create(waiting.id, { key: String(next++) })
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
  await engine.close()
  return ((to - from) * 1000) / (performance.now() - start)
}

const inFlight = 256
