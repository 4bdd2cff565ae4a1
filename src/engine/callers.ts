import type { CallActivity } from './compile/model.ts'
import type { BroughtToCaller } from './event.ts'
import { elementOf, type Run } from './run.ts'
import type { ElementInstance } from './state/rows.ts'
import { localVariables } from './variables/variables.ts'

/** The call activity that runs the process of an instance; undefined where a client or an event started it. */
export function callerOf(run: Run, { processInstanceKey }: ElementInstance): ElementInstance | undefined {
  const callerKey = run.state.elements.get(processInstanceKey)?.parentElementInstanceKey
  return callerKey === undefined ? undefined : run.state.elements.get(callerKey)
}

/**
 * Who may catch what is thrown in an element instance, from itself outwards and over the borders of call activities. Beyond one that takes
 * no events any more (see `takesEvents`) nobody in its process does (seen in the real engine's walk).
 */
export function* ancestorsOf(run: Run, instance: ElementInstance | undefined): IterableIterator<ElementInstance> {
  for (let from = instance; from !== undefined; from = activeCallerOf(run, from)) {
    let host: ElementInstance | undefined = from
    while (host !== undefined) {
      yield host
      host = takesEvents(host) ? run.state.elements.get(host.scopeKey) : undefined
    }
  }
}

/** Whether an element instance runs, and no event has ended the rest of it. */
export function takesEvents({ state, interrupted, interruptedBy }: ElementInstance): boolean {
  return state === 'ACTIVATED' && interruptedBy === undefined && !interrupted
}

function activeCallerOf(run: Run, instance: ElementInstance): ElementInstance | undefined {
  const caller = callerOf(run, instance)
  return caller?.state === 'ACTIVATED' ? caller : undefined
}

/** What a called process hands over when it completes: all of its variables, where the call activity takes any. */
export function broughtToCaller(
  run: Run,
  child: ElementInstance,
  caller: ElementInstance,
): BroughtToCaller | undefined {
  const { outputs, propagateAllChildVariables } = elementOf(run, caller) as CallActivity
  if (outputs.length === 0 && !propagateAllChildVariables) return undefined
  return { callerKey: caller.key, variables: localVariables(run.state, child.key) }
}
