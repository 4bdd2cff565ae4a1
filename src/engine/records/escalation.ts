import { defaultTenant } from '../tenant.ts'
import type { HappeningOf, RecordsOf } from './mapping.ts'
import type { Draft } from './record.ts'

export const escalationRecords = {
  ESCALATED: (notice) => [escalationRecord(notice)],
  NOT_ESCALATED: (notice) => [escalationRecord(notice)],
} satisfies Partial<RecordsOf>

function escalationRecord({ type: intent, key, ...value }: HappeningOf<'ESCALATED' | 'NOT_ESCALATED'>): Draft {
  return { valueType: 'ESCALATION', intent, key, value: { ...value, tenantId: defaultTenant } }
}
