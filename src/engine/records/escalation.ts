import type { HappeningOf, RecordsOf } from './mapping.ts'
import { type Draft, defaultTenant } from './record.ts'

export const escalationRecords = {
  ESCALATED: (notice) => [escalationRecord(notice)],
  NOT_ESCALATED: (notice) => [escalationRecord(notice)],
} satisfies Partial<RecordsOf>

function escalationRecord({ type: intent, key, ...value }: HappeningOf<'ESCALATED' | 'NOT_ESCALATED'>): Draft {
  return { valueType: 'ESCALATION', intent, key, value: { ...value, tenantId: defaultTenant } }
}
