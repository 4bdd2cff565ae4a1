import type { EventSubProcess, SubProcess } from './compile/model.ts'
import { isScopeDone } from './lifecycle/openScopes.ts'
import { activated, activateIn, queueCompletion } from './lifecycle/transitions.ts'
import { beginEventSubProcess } from './lifecycle/triggering.ts'
import type { Behaviour } from './run.ts'
import { applyInputs, applyOutputs } from './variables/mappings.ts'
import { unsubscribe } from './waiting/unsubscribe.ts'

/** What an element in which others lie does when one of them has ended: it completes with the last one, unless an event subprocess takes over. */
export const scopeOf: Required<Pick<Behaviour, 'childEnded'>> = {
  childEnded(run, scope) {
    if (!isScopeDone(run, scope)) return
    const { interruptedBy, triggers } = scope
    const takeover = interruptedBy && triggers.find(({ eventSubProcessId }) => eventSubProcessId === interruptedBy)
    if (!takeover) queueCompletion(run, scope)
    else beginEventSubProcess(run, scope, takeover)
  },
}

/** A scope within another: its variables are its own, it goes on at its start event, and only output mappings leave it. */
export const innerScope: Behaviour<SubProcess | EventSubProcess> = {
  enter: applyInputs,
  activate(run, instance, element) {
    activated(run, instance)
    activateIn(run, instance, element.startEventId)
  },
  complete(run, instance, element) {
    applyOutputs(run, instance, element, {})
    unsubscribe(run, instance)
  },
  ...scopeOf,
}
