import { createHash } from 'node:crypto'
import type { RecordsOf } from './mapping.ts'
import { defaultTenant } from './record.ts'

export const processRecords = {
  PROCESS_CREATED: ({ key, process }) => {
    const value = {
      bpmnProcessId: process.bpmnProcessId,
      version: process.version,
      versionTag: process.versionTag ?? '',
      processDefinitionKey: key,
      resourceName: process.resourceName,
      checksum: md5(process.xml),
      resource: Buffer.from(process.xml).toString('base64'),
      duplicate: false,
      tenantId: defaultTenant,
      deploymentKey: process.deploymentKey,
    }
    return [{ valueType: 'PROCESS', intent: 'CREATED', key, value }]
  },
} satisfies Partial<RecordsOf>

/** The real engine's checksum of a resource, as JSON has bytes: in base64. */
export function md5(resource: string): string {
  return createHash('md5').update(resource).digest('base64')
}
