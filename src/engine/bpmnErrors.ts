import { ancestorsOf } from './callers.ts'
import { catchersOf } from './catchers.ts'
import type { Catcher } from './definitions/definition.ts'
import type { Variables } from './key.ts'
import { trigger } from './lifecycle.ts'
import { elementOf, type Run } from './run.ts'
import type { ElementInstance } from './state.ts'

/**
 * Throws a BPMN error from an element instance: the nearest scope with an event for the code, or else for all
 * errors, is ended and its event takes over. False where nobody catches it; then nothing happened. `caught` runs
 * before the event is triggered.
 */
export function throwErrorFrom(
  run: Run,
  instance: ElementInstance,
  errorCode: string,
  variables: Variables,
  caught: () => void,
): boolean {
  for (const host of ancestorsOf(run, instance)) {
    const catcher = catcherIn(run, host, errorCode)
    if (catcher === undefined) continue
    caught()
    trigger(run, host, catcher, variables)
    return true
  }
  return false
}

/** The real engine's words for an error that nobody caught. */
export function unhandledMessage(run: Run, instance: ElementInstance, errorCode: string, message: string): string {
  const codes = [...ancestorsOf(run, instance)].flatMap((host) =>
    errorCatchers(run, host).map(({ code }) => code ?? ''),
  )
  const available =
    codes.length === 0
      ? 'No error events are available in the scope.'
      : `Available error events are [${codes.join(', ')}]`
  const said = message === '' ? '' : ` with message '${message}'`
  return `Expected to throw an error event with the code '${errorCode}'${said}, but it was not caught. ${available}`
}

function catcherIn(run: Run, host: ElementInstance, errorCode: string): Catcher | undefined {
  const catchers = errorCatchers(run, host)
  const exact = catchers.find(({ code }) => code === errorCode)
  return (exact ?? catchers.find(({ code }) => code === undefined))?.catcher
}

function errorCatchers(run: Run, host: ElementInstance): { catcher: Catcher; code: string | undefined }[] {
  return catchersOf(run, host, elementOf(run, host)).flatMap((catcher) =>
    catcher.event.type === 'error' ? [{ catcher, code: catcher.event.errorCode }] : [],
  )
}
