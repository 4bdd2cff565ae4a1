import { ancestorsOf } from './callers.ts'
import type { Catcher } from './definitions/definition.ts'
import { trigger } from './lifecycle/triggering.ts'
import { elementOf, nextKey, note, type Run } from './run.ts'
import type { ElementInstance } from './state/rows.ts'
import { canTrigger, catchersOf } from './waiting/catchers.ts'

/**
 * Throws an escalation from an event: the nearest event for its code, or else for all, takes it on. Answers whether the event goes on:
 * not where what catches it interrupts. An escalation that nobody takes on is no failure.
 */
export function escalate(run: Run, instance: ElementInstance, escalationCode: string): boolean {
  const key = nextKey(run)
  const found = findCatcher(run, instance, escalationCode)
  const escalates = found !== undefined && canTrigger(run, found.host, found.catcher)
  if (escalates) trigger(run, found.host, found.catcher, {})
  note(run, {
    type: escalates ? 'ESCALATED' : 'NOT_ESCALATED',
    key,
    processInstanceKey: instance.processInstanceKey,
    escalationCode,
    throwElementId: instance.elementId,
    catchElementId: found?.catcher.elementId ?? '',
  })
  return found === undefined || !found.catcher.interrupting
}

interface Found {
  host: ElementInstance
  catcher: Catcher
}

function findCatcher(run: Run, instance: ElementInstance, code: string): Found | undefined {
  for (const host of ancestorsOf(run, run.state.elements.get(instance.scopeKey))) {
    const catchers = catchersOf(run, host, elementOf(run, host))
    const catcher = catcherFor(catchers, code) ?? catcherFor(catchers, '')
    if (catcher !== undefined) return { host, catcher }
  }
  return undefined
}

function catcherFor(catchers: readonly Catcher[], code: string): Catcher | undefined {
  return catchers.find(({ event }) => event.type === 'escalation' && event.escalationCode === code)
}
