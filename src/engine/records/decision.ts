import type { DecisionRow } from '../state/rows.ts'
import { defaultTenant } from '../tenant.ts'
import type { RecordsOf } from './mapping.ts'
import type { Value } from './record.ts'

export const decisionRecords = {
  DECISION_CREATED: ({ key, decision }) => [
    { valueType: 'DECISION', intent: 'CREATED', key, value: decisionValue(decision) },
  ],
  DECISION_DELETED: ({ key, decisionKey }, { state }) => {
    const value = decisionValue(state.decisions.get(decisionKey)!)
    return [{ valueType: 'DECISION', intent: 'DELETED', key, value }]
  },
} satisfies Partial<RecordsOf>

export function decisionValue(decision: DecisionRow, duplicate = false): Value {
  return {
    decisionId: decision.decisionId,
    decisionName: decision.name,
    version: decision.version,
    versionTag: decision.versionTag ?? '',
    decisionKey: decision.key,
    decisionRequirementsId: decision.decisionRequirementsId,
    decisionRequirementsKey: decision.decisionRequirementsKey,
    duplicate,
    tenantId: defaultTenant,
    deploymentKey: decision.deploymentKey,
  }
}
