import { Client, credentials, Metadata, type ServiceDefinition } from '@grpc/grpc-js'
import { fromJSON } from '@grpc/proto-loader'
import type { Engine } from './connect.ts'

/** The calls of our embedded engine beyond the gateway protocol. Another engine answers them with UNIMPLEMENTED. */
export type OperatorCall = 'Describe' | 'ListIncidents'

/** Makes one call of `commitbase.Operator` on the engine's own address. Rejects with gRPC's error. */
export async function callOperator(
  engine: Engine,
  name: OperatorCall,
  request: object,
): Promise<Record<string, unknown>> {
  const method = service[name]!
  const { address, plaintext, certificates, authorization } = engine
  const client = new Client(address, plaintext ? credentials.createInsecure() : credentials.createSsl(certificates))
  const metadata = new Metadata()
  if (authorization !== undefined) metadata.set('authorization', authorization)
  try {
    return await new Promise((resolve, reject) => {
      const deadline = Date.now() + 10_000
      client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        metadata,
        { deadline },
        (error, response) => (error ? reject(error) : resolve(response as Record<string, unknown>)),
      )
    })
  } finally {
    client.close()
  }
}

/**
 * The service as the engine's `operator.proto` has it. It is written out here because `zeebe` may not reach into `engine`, and because
 * a bundle then needs no file beside it; a test holds the two together.
 */
export const operatorProtocol = {
  nested: {
    commitbase: {
      nested: {
        Operator: {
          methods: {
            Describe: { requestType: 'DescribeRequest', responseType: 'DescribeResponse' },
            ListIncidents: { requestType: 'ListIncidentsRequest', responseType: 'ListIncidentsResponse' },
          },
        },
        DescribeRequest: { fields: {} },
        DescribeResponse: {
          fields: {
            engineId: { type: 'string', id: 1 },
            version: { type: 'string', id: 2 },
            gatewayVersion: { type: 'string', id: 3 },
          },
        },
        ListIncidentsRequest: { fields: { processInstanceKey: { type: 'int64', id: 1 } } },
        ListIncidentsResponse: { fields: { incidents: { rule: 'repeated', type: 'Incident', id: 1 } } },
        Incident: {
          fields: {
            key: { type: 'int64', id: 1 },
            type: { type: 'string', id: 2 },
            message: { type: 'string', id: 3 },
            bpmnProcessId: { type: 'string', id: 4 },
            processInstanceKey: { type: 'int64', id: 5 },
            elementId: { type: 'string', id: 6 },
            jobKey: { type: 'int64', id: 7 },
          },
        },
      },
    },
  },
}

type ProtocolJson = Parameters<typeof fromJSON>[0]

const definitions = fromJSON({ options: { syntax: 'proto3' }, ...operatorProtocol } as ProtocolJson, {
  keepCase: true,
  longs: String,
  defaults: true,
})
const service = definitions['commitbase.Operator'] as ServiceDefinition
