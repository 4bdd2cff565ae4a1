import type { ElementModel, Listener } from '../compile/model.ts'
import type { Variables } from '../key.ts'
import { current, elementOf, note, type Run } from '../run.ts'
import { bodyType, type ElementInstance, type Job } from '../state/rows.ts'
import { setLocal } from '../variables/variables.ts'
import { createJob, evaluateJob } from './jobs.ts'

/**
 * Zeebe's execution listeners: jobs, one after the other, before an element is active (`START`: its input mappings are applied already) and before it is
 * completed (`END`: its output mappings are applied already). Those of a multi-instance activity are each instance's.
 */
export type ListensTo = NonNullable<Job['listensTo']>

/** Makes the first listener's job, if there is one: then the element waits for it. */
export function listen(run: Run, instance: ElementInstance, element: ElementModel, to: ListensTo): boolean {
  return listenNext(run, instance, element, to, 0)
}

/** The same with the next one: as many as there were jobs are done. */
export function listenOn(run: Run, instance: ElementInstance, element: ElementModel, to: ListensTo): boolean {
  return listenNext(run, instance, element, to, instance.listened ?? 0)
}

function listenNext(run: Run, instance: ElementInstance, element: ElementModel, to: ListensTo, index: number): boolean {
  const listener = listenersOf(instance, element, to)[index]
  if (listener === undefined) return false
  createJob(run, instance, { ...evaluateJob(run, instance, listener), headers: {}, listensTo: to })
  return true
}

function listenersOf(
  { elementType }: ElementInstance,
  { listeners }: ElementModel,
  to: ListensTo,
): readonly Listener[] {
  if (listeners === undefined || elementType === bodyType) return []
  return to === 'START' ? listeners.start : listeners.end
}

/** What a listener brought: before its element is active for it alone, before it is completed for its scope. */
export function takeListened(run: Run, instance: ElementInstance, eventKey: number, variables: Variables): void {
  const { key, scopeKey, processInstanceKey, processDefinitionKey, elementId: targetElementId } = current(run, instance)
  const isLocal = instance.state === 'ACTIVATING' || elementOf(run, instance).kind === 'process'
  setLocal(run, isLocal ? key : scopeKey, variables)
  note(run, {
    type: 'EVENT_TAKEN_ON',
    key: eventKey,
    scopeKey: key,
    targetElementId,
    processInstanceKey,
    processDefinitionKey,
  })
}
