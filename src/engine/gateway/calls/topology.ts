import type { UnaryCall } from '../context.ts'

/** The Zeebe whose protocol is spoken. */
export const gatewayVersion = '8.6.0'

interface TopologyResponse {
  brokers: {
    nodeId: number
    host: string
    port: number
    version: string
    partitions: { partitionId: number; role: 'LEADER'; health: 'HEALTHY' | 'UNHEALTHY' }[]
  }[]
  clusterSize: number
  partitionsCount: number
  replicationFactor: number
  gatewayVersion: string
}

/** One broker with one partition. It is unhealthy while its store is. */
export const topology: UnaryCall<object, TopologyResponse> = async (_request, { runtime, host, port }) => ({
  brokers: [
    {
      nodeId: 0,
      host,
      port,
      version: gatewayVersion,
      partitions: [{ partitionId: 1, role: 'LEADER', health: runtime.healthy ? 'HEALTHY' : 'UNHEALTHY' }],
    },
  ],
  clusterSize: 1,
  partitionsCount: 1,
  replicationFactor: 1,
  gatewayVersion,
})
