import type { Key } from '../key.ts'
import type { Timer } from '../state/rows.ts'
import { defaultTenant } from '../tenant.ts'
import type { Moment, RecordsOf } from './mapping.ts'
import type { Draft } from './record.ts'

export const timerRecords = {
  TIMER_CREATED: ({ key, timer }, moment) => [timerRecord(moment, 'CREATED', key, timer)],
  TIMER_TRIGGERED: ({ key, processInstanceKey }, moment) => {
    const timer = moment.state.timers.get(key)!
    const started = processInstanceKey === undefined ? {} : { processInstanceKey }
    return [
      { ...timerRecord(moment, 'TRIGGER', key, timer), recordType: 'COMMAND', isSource: true },
      timerRecord(moment, 'TRIGGERED', key, { ...timer, ...started }),
    ]
  },
  TIMER_CANCELED: ({ key }, moment) => [timerRecord(moment, 'CANCELED', key)],
  TIMER_MIGRATED: ({ key, timer }, moment) => [timerRecord(moment, 'MIGRATED', key, timer)],
} satisfies Partial<RecordsOf>

function timerRecord({ state }: Moment, intent: string, key: Key, timer: Timer = state.timers.get(key)!): Draft {
  const value = {
    elementInstanceKey: timer.elementInstanceKey,
    processInstanceKey: timer.processInstanceKey,
    dueDate: timer.due,
    targetElementId: timer.targetElementId,
    repetitions: timer.repetitions,
    processDefinitionKey:
      timer.processDefinitionKey ?? state.elements.get(timer.elementInstanceKey)?.processDefinitionKey ?? -1,
    tenantId: defaultTenant,
  }
  return { valueType: 'TIMER', intent, key, value }
}
