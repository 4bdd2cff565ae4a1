import type { ElementModel } from '../compile/model.ts'
import { emit, IncidentRaised, noteLater, type Run } from '../run.ts'
import type { ElementInstance } from '../state/rows.ts'
import { evaluateString } from '../variables/expressions.ts'
import { catchersOf } from '../waiting/catchers.ts'
import { subscribe } from '../waiting/subscribe.ts'
import { unsubscribe } from '../waiting/unsubscribe.ts'
import { type Migration, refusedAsItIs } from './migration.ts'

/** What an element instance waited for is closed where it is not mapped, and opened where the new element waits for more; what is mapped stays open. */
export function migrateCatchEvents(
  run: Run,
  migration: Migration,
  before: ElementInstance,
  instance: ElementInstance,
  element: ElementModel,
): void {
  const { mapping } = migration
  const names = new Set(run.state.subscriptions.in('byElement', instance.key).map(({ messageName }) => messageName))
  unsubscribe(run, instance, (elementId) => !mapping.has(elementId))
  const mapped = new Set(mapping.values())
  const isNew = (elementId: string): boolean => !mapped.has(elementId) && instance.interruptedBy === undefined
  try {
    checkNames(run, migration, before, instance, element, isNew, names)
    subscribe(run, instance, element, isNew)
  } catch (error) {
    if (!(error instanceof IncidentRaised)) throw error
    throw refusedAsItIs(
      migration.root,
      `active element with id '${before.elementId}' is mapped to element with id '${element.id}' that must be subscribed to a catch event. ${error.message}`,
    )
  }
  migrateMessages(run, migration, instance, element)
  migrateTimers(run, migration, instance)
  migrateSignals(run, migration, instance)
}

/** Twice the same message would be one too many, also where the first is being closed. */
function checkNames(
  run: Run,
  { root }: Migration,
  before: ElementInstance,
  instance: ElementInstance,
  element: ElementModel,
  isNew: (elementId: string) => boolean,
  names: ReadonlySet<string>,
): void {
  for (const { elementId, event } of catchersOf(run, instance, element)) {
    if (event.type !== 'message' || !isNew(elementId)) continue
    const name = evaluateString(run, instance.key, event.name)
    if (!names.has(name)) continue
    throw refusedAsItIs(
      root,
      `active element with id '${before.elementId}' attempts to subscribe to a message it is already subscribed to with name '${name}'. Migrating active elements that subscribe to a message they are already subscribed to is not possible yet. Please provide a mapping instruction to message catch event with id '${elementId}' to migrate the respective message subscription.`,
    )
  }
}

/** Name and key stay as they were when the element was entered. */
function migrateMessages(run: Run, { mapping }: Migration, instance: ElementInstance, element: ElementModel): void {
  const catchers = catchersOf(run, instance, element)
  for (const old of run.state.subscriptions.in('byElement', instance.key)) {
    const targetElementId = mapping.get(old.targetElementId)
    if (targetElementId === undefined) continue
    const catcher = catchers.find(({ elementId }) => elementId === targetElementId)
    const { bpmnProcessId } = instance
    const interrupting = catcher?.interrupting ?? old.interrupting
    const subscription = { ...old, targetElementId, bpmnProcessId, interrupting }
    emit(run, { type: 'MESSAGE_SUBSCRIPTION_MIGRATED', key: old.key, subscription })
    noteLater(run, { type: 'SUBSCRIPTION_MIGRATED', subscription })
  }
}

function migrateTimers(run: Run, { mapping }: Migration, instance: ElementInstance): void {
  for (const old of run.state.timers.in('byElement', instance.key)) {
    const targetElementId = mapping.get(old.targetElementId)
    if (targetElementId === undefined) continue
    emit(run, { type: 'TIMER_MIGRATED', key: old.key, timer: { ...old, targetElementId } })
  }
}

function migrateSignals(run: Run, { mapping }: Migration, instance: ElementInstance): void {
  for (const old of run.state.signalSubscriptions.in('byElement', instance.key)) {
    const catchEventId = mapping.get(old.catchEventId)
    if (catchEventId === undefined) continue
    const { processDefinitionKey, bpmnProcessId } = instance
    const subscription = { ...old, processDefinitionKey, bpmnProcessId, catchEventId }
    emit(run, { type: 'SIGNAL_SUBSCRIPTION_MIGRATED', key: old.key, subscription })
  }
}
