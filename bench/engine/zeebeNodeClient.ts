import { ZBClient } from 'zeebe-node'
import { type BenchClient, capacity, timeToLive, type Values } from './client.ts'

/** zeebe-node as its users have it: its client and its worker. */
export function connect(address: string): BenchClient {
  const client = new ZBClient(address, { useTLS: false, retry: false, loglevel: 'NONE', longPoll: 30_000 })
  return {
    topology: () => client.topology(),
    deploy: ({ id, bpmn }) => client.deployResource({ process: Buffer.from(bpmn), name: `${id}.bpmn` }),
    create: (bpmnProcessId, variables) => client.createProcessInstance({ bpmnProcessId, variables }),
    createWithResult: (bpmnProcessId, variables) =>
      client.createProcessInstanceWithResult({ bpmnProcessId, variables, requestTimeout: 30_000 }),
    publish: (name, correlationKey) =>
      client.publishMessage({ name, correlationKey, timeToLive, variables: {}, messageId: '' }),
    work(type, { before, after, failed }) {
      client.createWorker<Values, object, Values>({
        taskType: type,
        maxJobsToActivate: capacity,
        timeout: 60_000,
        pollInterval,
        taskHandler: async (job) => {
          const variables = job.variables
          try {
            await before(variables)
            return await job.complete()
          } catch (error) {
            failed(error)
            return job.forward()
          } finally {
            after(variables)
          }
        },
      })
    },
    async close() {
      await client.close(0)
    },
  }
}

/** Milliseconds: with its default of 300 each hop takes up to so long. */
const pollInterval = 1
