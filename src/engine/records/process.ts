import { createHash } from 'node:crypto'
import type { DeployedProcessRow } from '../state/rows.ts'
import { defaultTenant } from '../tenant.ts'
import type { RecordsOf } from './mapping.ts'
import type { Value } from './record.ts'

export const processRecords = {
  PROCESS_CREATED: ({ key, process }) => {
    const value = {
      ...processValue(process),
      checksum: md5(process.xml),
      resource: Buffer.from(process.xml).toString('base64'),
    }
    return [{ valueType: 'PROCESS', intent: 'CREATED', key, value }]
  },
  PROCESS_DELETING: ({ key, processDefinitionKey }, { state }) => {
    const value = processValue(state.processes.get(processDefinitionKey)!)
    return [{ valueType: 'PROCESS', intent: 'DELETING', key, value }]
  },
  PROCESS_DELETED: ({ key, processDefinitionKey }, { state }) => {
    const value = processValue(state.processes.get(processDefinitionKey)!)
    return [{ valueType: 'PROCESS', intent: 'DELETED', key, value }]
  },
} satisfies Partial<RecordsOf>

/** Without its resource, as the real engine tells a deletion. */
function processValue(process: DeployedProcessRow): Value {
  return {
    bpmnProcessId: process.bpmnProcessId,
    version: process.version,
    versionTag: process.versionTag ?? '',
    processDefinitionKey: process.key,
    resourceName: process.resourceName,
    checksum: '',
    resource: '',
    duplicate: false,
    tenantId: defaultTenant,
    deploymentKey: process.deploymentKey,
  }
}

/** The real engine's checksum of a resource, as JSON has bytes: in base64. */
export function md5(resource: string): string {
  return createHash('md5').update(resource).digest('base64')
}
