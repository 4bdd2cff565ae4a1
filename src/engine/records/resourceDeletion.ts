import type { Key } from '../key.ts'
import { defaultTenant } from '../tenant.ts'
import type { RecordsOf } from './mapping.ts'
import type { Draft } from './record.ts'

export const resourceDeletionRecords = {
  RESOURCE_DELETING: ({ key, resourceKey }) => [record('DELETING', key, resourceKey)],
  RESOURCE_DELETED: ({ key, resourceKey }) => [record('DELETED', key, resourceKey)],
} satisfies Partial<RecordsOf>

export function resourceDeletionCommand(resourceKey: Key): Draft {
  return record('DELETE', -1, resourceKey)
}

function record(intent: string, key: Key, resourceKey: Key): Draft {
  return { valueType: 'RESOURCE_DELETION', intent, key, value: { resourceKey, tenantId: defaultTenant } }
}
