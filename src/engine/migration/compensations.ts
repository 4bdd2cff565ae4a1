import { handlerIn } from '../compensations.ts'
import { emit, type Run } from '../run.ts'
import type { Migration } from './migration.ts'

/**
 * What was completed can be compensated still, by the handler that its activity has in the new process: the mapped one, or else the one of the same id.
 * Where it has none there, it cannot any more. Inner ones are older than their scope's, and come first. No record tells it: Zeebe 8.6 leaves them behind.
 */
export function migrateCompensations(run: Run, { root, target, definition, mapping }: Migration): void {
  const subscriptions = run.state.compensations.in('byInstance', root.key).sort((a, b) => a.key - b.key)
  for (const { compensationHandlerId: before, ...old } of subscriptions) {
    const compensableActivityId = mapping.get(old.compensableActivityId) ?? old.compensableActivityId
    const handlerId = before && handlerIn(target, compensableActivityId)
    const isScope = run.state.compensations.count('byScope', old.compensableActivityInstanceKey) > 0
    if (handlerId === undefined && !isScope) {
      emit(run, { type: 'COMPENSATION_SUBSCRIPTION_DELETED', key: old.key })
      continue
    }
    const subscription = {
      ...old,
      processDefinitionKey: definition.key,
      compensableActivityId,
      ...(handlerId !== undefined && { compensationHandlerId: handlerId }),
    }
    emit(run, { type: 'COMPENSATION_SUBSCRIPTION_MIGRATED', key: old.key, subscription })
  }
}
