import type { BenchModel } from './models.ts'

/** A client of a Zeebe gateway, as far as the benchmark needs one. Who is measured with it pays for it, too. */
export interface BenchClient {
  topology(): Promise<unknown>
  deploy(model: BenchModel): Promise<unknown>
  create(processId: string, variables: Values): Promise<unknown>
  createWithResult(processId: string, variables: Values): Promise<unknown>
  publish(name: string, correlationKey: string): Promise<unknown>
  /** Takes jobs until it is closed: `before` the job is completed, and when it `is` completed. */
  work(type: string, task: Task): void
  close(): Promise<void>
}

export type Values = Readonly<Record<string, string>>

interface Task {
  before(variables: Values): Promise<unknown>
  after(variables: Values): void
  failed(error: unknown): void
}

export type ClientName = 'grpc-js' | 'zeebe-node'

export async function connectClient(name: ClientName, address: string): Promise<BenchClient> {
  const module = await import(name === 'grpc-js' ? './grpcClient.ts' : './zeebeNodeClient.ts')
  return module.connect(address)
}

/** Milliseconds that a message is kept: it may come before its instance waits for it. */
export const timeToLive = 60_000

/** Jobs that a worker asks for at a time. */
export const capacity = 128
