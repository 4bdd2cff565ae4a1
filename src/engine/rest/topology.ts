import type { FastifyInstance } from 'fastify'
import { topology as topologyCall } from '../gateway/calls/topology.ts'
import type { Context } from './context.ts'

/** The gateway's topology, its words in small letters. */
export function topology(app: FastifyInstance, { runtime, gateway }: Context): void {
  for (const version of ['/v1', '/v2']) {
    app.get(`${version}/topology`, async () => {
      const { brokers, ...rest } = await topologyCall({}, { runtime, ...gateway, signal: never })
      const told = brokers.map(({ partitions, ...broker }) => ({
        ...broker,
        partitions: partitions.map(({ partitionId, role, health }) => ({
          partitionId,
          role: role.toLowerCase(),
          health: health.toLowerCase(),
        })),
      }))
      return { brokers: told, ...rest }
    })
  }
}

const never = new AbortController().signal
