import type { BoundaryEvent } from './compile/model.ts'
import type { Variables } from './key.ts'
import { trigger } from './lifecycle.ts'
import { elementOf, type Run } from './run.ts'
import type { ElementInstance } from './state.ts'
import { boundaryEventsOf } from './subscriptions.ts'

/**
 * Throws a BPMN error from an element instance: the nearest scope with a boundary event for the code, or else for all
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
  for (const host of ancestors(run, instance)) {
    const boundary = catcherOn(run, host, errorCode)
    if (boundary === undefined) continue
    caught()
    trigger(run, host, { elementId: boundary.id, interrupting: true }, variables)
    return true
  }
  return false
}

/** The real engine's words for an error that nobody caught. */
export function unhandledMessage(run: Run, instance: ElementInstance, errorCode: string, message: string): string {
  const codes = [...ancestors(run, instance)].flatMap((host) => errorEventsOn(run, host).map(({ code }) => code))
  const available =
    codes.length === 0
      ? 'No error events are available in the scope.'
      : `Available error events are [${codes.join(', ')}]`
  const said = message === '' ? '' : ` with message '${message}'`
  return `Expected to throw an error event with the code '${errorCode}'${said}, but it was not caught. ${available}`
}

function catcherOn(run: Run, host: ElementInstance, errorCode: string): BoundaryEvent | undefined {
  const events = errorEventsOn(run, host)
  const exact = events.find(({ code }) => code === errorCode)
  return (exact ?? events.find(({ code }) => code === undefined))?.boundary
}

function errorEventsOn(run: Run, host: ElementInstance): { boundary: BoundaryEvent; code: string | undefined }[] {
  return boundaryEventsOf(run, host, elementOf(run, host)).flatMap((boundary) =>
    boundary.event.type === 'error' ? [{ boundary, code: boundary.event.errorCode }] : [],
  )
}

function* ancestors(run: Run, instance: ElementInstance): IterableIterator<ElementInstance> {
  let host: ElementInstance | undefined = instance
  while (host !== undefined) {
    yield host
    host = run.state.elements.get(host.scopeKey)
  }
}
