import type { Node } from '../compile/moddle.ts'
import type { StartEvent } from '../compile/model.ts'
import type { Place } from '../definitions/definition.ts'
import { compileCatch, onlyDefinition } from '../definitions/table.ts'
import { activated, queueCompletion } from '../lifecycle/transitions.ts'
import { takeBrought } from '../lifecycle/triggering.ts'
import { elementOf, type Run } from '../run.ts'
import type { ElementInstance } from '../state/rows.ts'
import { applyOutputs, propagateLocal } from '../variables/mappings.ts'
import { subscribe } from '../waiting/subscribe.ts'
import type { Element } from './element.ts'

/**
 * BPMN 2.0.2 §13.5.1. When it completes, its scope's boundary events and event subprocesses open; where that fails, it has the incident
 * (seen on Zeebe 8.6.0). What started the process or the event subprocess brings variables: the former's are local to the start event
 * first.
 */
export const startEvent: Element<StartEvent> = {
  compile(node, base, compiling) {
    const place = placeOf(node)
    const interrupting = node.isInterrupting !== false
    const definition = onlyDefinition(node, compiling)
    if (definition === undefined) return { ...base, kind: 'startEvent', interrupting }
    // The subprocess has the problem.
    if (place === undefined) return undefined
    const event = compileCatch(
      { node, definition, place, interrupting },
      place === 'eventSubProcess'
        ? ['message', 'timer', 'signal', 'error', 'escalation']
        : ['message', 'timer', 'signal'],
      compiling,
    )
    return event && { ...base, kind: 'startEvent', interrupting, event }
  },
  activate(run, instance) {
    activated(run, instance)
    queueCompletion(run, instance)
  },
  complete(run, instance, element) {
    const scope = scopeOf(run, instance)
    if (isInEventSubProcess(run, instance)) {
      applyOutputs(run, instance, element, takeBrought(run, scope, element.id))
    } else if (element.outputs.length > 0) applyOutputs(run, instance, element, {})
    else propagateLocal(run, instance)
  },
  beforeCompleted(run, instance) {
    const scope = scopeOf(run, instance)
    subscribe(run, scope, elementOf(run, scope))
  },
}

/** Undefined in an embedded subprocess, which nothing but a token begins. */
function placeOf({ $parent }: Node): Place | undefined {
  if ($parent?.$type === 'bpmn:Process') return 'start'
  return $parent?.triggeredByEvent ? 'eventSubProcess' : undefined
}

function scopeOf(run: Run, instance: ElementInstance): ElementInstance {
  return run.state.elements.get(instance.scopeKey)!
}

function isInEventSubProcess(run: Run, instance: ElementInstance): boolean {
  return scopeOf(run, instance).elementType === 'EVENT_SUB_PROCESS'
}
