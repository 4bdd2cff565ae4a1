import { Client, type ClientReadableStream, credentials } from '@grpc/grpc-js'
import { loadServices } from '../../src/engine/gateway/protocol.ts'
import { type BenchClient, capacity, timeToLive, type Values } from './client.ts'

const { gateway } = loadServices()

/** grpc-js and nothing else: what is measured with it is the engine's own, as far as a client can see it. */
export function connect(address: string): BenchClient {
  const client = new Client(address, credentials.createInsecure())
  const call = (name: string, request: object): Promise<unknown> => {
    const { path, requestSerialize, responseDeserialize } = gateway[name]!
    return new Promise((resolve, reject) => {
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error, reply) => {
        if (error) reject(error)
        else resolve(reply)
      })
    })
  }
  const polls = new Set<ClientReadableStream<unknown>>()
  let closed = false
  const poll = (type: string, take: (jobs: readonly Job[]) => void): Promise<void> => {
    const { path, requestSerialize, responseDeserialize } = gateway.ActivateJobs!
    const request = { type, worker: 'bench', timeout: 60_000, maxJobsToActivate: capacity, requestTimeout: 30_000 }
    const stream = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request)
    polls.add(stream)
    return new Promise((resolve, reject) => {
      stream.on('data', (reply) => take((reply as { jobs: Job[] }).jobs))
      stream.once('end', resolve).once('error', reject)
    }).finally(() => polls.delete(stream)) as Promise<void>
  }
  return {
    topology: () => call('Topology', {}),
    deploy: ({ id, bpmn }) =>
      call('DeployResource', { resources: [{ name: `${id}.bpmn`, content: Buffer.from(bpmn) }] }),
    create: (bpmnProcessId, variables) => call('CreateProcessInstance', creation(bpmnProcessId, variables)),
    createWithResult: (bpmnProcessId, variables) =>
      call('CreateProcessInstanceWithResult', {
        request: creation(bpmnProcessId, variables),
        requestTimeout: 30_000,
      }),
    publish: (name, correlationKey) => call('PublishMessage', { name, correlationKey, timeToLive }),
    work(type, { before, after, failed }) {
      const run = async ({ key, variables }: Job): Promise<void> => {
        const values = JSON.parse(variables) as Values
        await before(values)
        await call('CompleteJob', { jobKey: key })
        after(values)
      }
      const loop = async (): Promise<void> => {
        while (!closed) await poll(type, (jobs) => jobs.forEach((job) => void run(job).catch(failed)))
      }
      loop().catch((error) => closed || failed(error))
    },
    async close() {
      closed = true
      for (const stream of polls) stream.cancel()
      client.close()
    },
  }
}

interface Job {
  readonly key: number
  readonly variables: string
}

function creation(bpmnProcessId: string, variables: Values): object {
  return { bpmnProcessId, version: -1, variables: JSON.stringify(variables) }
}
