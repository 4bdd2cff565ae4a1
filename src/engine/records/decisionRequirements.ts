import type { DecisionRequirementsRow } from '../state/rows.ts'
import { defaultTenant } from '../tenant.ts'
import type { RecordsOf } from './mapping.ts'
import { md5 } from './process.ts'
import type { Value } from './record.ts'

export const decisionRequirementsRecords = {
  DECISION_REQUIREMENTS_CREATED: ({ key, requirements }) => [
    { valueType: 'DECISION_REQUIREMENTS', intent: 'CREATED', key, value: decisionRequirementsValue(requirements) },
  ],
  DECISION_REQUIREMENTS_DELETED: ({ key, decisionRequirementsKey }, { state }) => {
    const value = decisionRequirementsValue(state.decisionRequirements.get(decisionRequirementsKey)!)
    return [{ valueType: 'DECISION_REQUIREMENTS', intent: 'DELETED', key, value }]
  },
} satisfies Partial<RecordsOf>

function decisionRequirementsValue(row: DecisionRequirementsRow): Value {
  return { ...decisionRequirementsMetadata(row, false), resource: Buffer.from(row.xml).toString('base64') }
}

export function decisionRequirementsMetadata(row: DecisionRequirementsRow, duplicate: boolean): Value {
  return {
    decisionRequirementsId: row.decisionRequirementsId,
    decisionRequirementsName: row.name,
    decisionRequirementsVersion: row.version,
    decisionRequirementsKey: row.key,
    namespace: row.namespace,
    resourceName: row.resourceName,
    checksum: md5(row.xml),
    duplicate,
    tenantId: defaultTenant,
  }
}
