import type { CallActivity } from './compile/model.ts'
import type { BroughtToCaller } from './event.ts'
import { elementOf, type Run } from './run.ts'
import type { ElementInstance } from './state.ts'
import { localVariables } from './variables.ts'

/** The call activity that runs the process of an instance; undefined where a client or an event started it. */
export function callerOf(run: Run, { processInstanceKey }: ElementInstance): ElementInstance | undefined {
  const callerKey = run.state.elements.get(processInstanceKey)?.parentElementInstanceKey
  return callerKey === undefined ? undefined : run.state.elements.get(callerKey)
}

/**
 * Who may catch what an element instance throws, from itself outwards and over the borders of call activities. A scope that an event
 * subprocess has ended catches nothing more, nor do those around it in its process (seen in the real engine's walk).
 */
export function* ancestorsOf(run: Run, instance: ElementInstance): IterableIterator<ElementInstance> {
  for (let from: ElementInstance | undefined = instance; from !== undefined; from = callerOf(run, from)) {
    let host: ElementInstance | undefined = from
    while (host !== undefined && host.interruptedBy === undefined) {
      yield host
      host = run.state.elements.get(host.scopeKey)
    }
  }
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
