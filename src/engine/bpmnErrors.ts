import { ancestorsOf, takesEvents } from './callers.ts'
import type { Catcher } from './definitions/definition.ts'
import type { Variables } from './key.ts'
import { trigger } from './lifecycle/triggering.ts'
import { elementOf, type Run } from './run.ts'
import type { ElementInstance } from './state/rows.ts'
import { canTrigger, catchersOf } from './waiting/catchers.ts'

/**
 * Throws a BPMN error from an element instance, outwards: the nearest scope with an event for the code, or else for all
 * errors, is ended and its event takes over. False where nobody catches it; then nothing happened. `caught` runs
 * before the event is triggered. An event that catches the error and cannot take over any more keeps it (as the real engine does).
 */
export function throwErrorFrom(
  run: Run,
  instance: ElementInstance | undefined,
  errorCode: string,
  variables: Variables,
  caught: () => void,
): boolean {
  for (const host of hostsFrom(run, instance)) {
    const catcher = errorCatchers(run, host).find(({ code }) => code === errorCode || code === '')?.catcher
    if (catcher === undefined) continue
    caught()
    if (canTrigger(run, host, catcher)) trigger(run, host, catcher, variables)
    return true
  }
  return false
}

/** The real engine's words for an error that nobody caught. */
export function unhandledMessage(
  run: Run,
  instance: ElementInstance | undefined,
  errorCode: string,
  message: string,
): string {
  const codes = hostsFrom(run, instance).flatMap((host) => errorCatchers(run, host).map(({ code }) => code))
  const available =
    codes.length === 0
      ? 'No error events are available in the scope.'
      : `Available error events are [${codes.join(', ')}]`
  const said = message === '' ? '' : ` with message '${message}'`
  return `Expected to throw an error event with the code '${errorCode}'${said}, but it was not caught. ${available}`
}

function hostsFrom(run: Run, instance: ElementInstance | undefined): ElementInstance[] {
  return Array.from(ancestorsOf(run, instance)).filter(takesEvents)
}

/** Of one scope, in the real engine's order: by code from the last to the first, so that what catches all comes after all others. */
function errorCatchers(run: Run, host: ElementInstance): { catcher: Catcher; code: string }[] {
  return catchersOf(run, host, elementOf(run, host))
    .flatMap((catcher) => (catcher.event.type === 'error' ? [{ catcher, code: catcher.event.errorCode ?? '' }] : []))
    .sort((a, b) => (a.code < b.code ? 1 : a.code > b.code ? -1 : 0))
}
