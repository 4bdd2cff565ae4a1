import { extension, type Node } from './moddle.ts'
import type { Listener, Listeners } from './model.ts'
import type { Problems } from './problems.ts'

/** An element's execution listeners, in the order of the file; undefined where it has none. */
export function compileListeners(node: Node, id: string, problems: Problems): Listeners | undefined {
  const written = extension(node, 'zeebe:ExecutionListeners')?.listeners ?? []
  if (written.length === 0) return undefined
  checkPlace(node, id, written, problems)
  checkTwice(written, `${id} > extensionElements > executionListeners`, problems)
  const at = `${id} > extensionElements > executionListeners > executionListener`
  return {
    start: written
      .filter(({ eventType }) => eventType === 'start')
      .map((listener) => compileListener(listener, at, problems)),
    end: written
      .filter(({ eventType }) => eventType === 'end')
      .map((listener) => compileListener(listener, at, problems)),
  }
}

function compileListener({ type, retries }: Node, at: string, problems: Problems): Listener {
  problems.attribute(at, 'type', type)
  return {
    jobType: problems.expression(at, type || '-'),
    retries: problems.expression(at, retries || '3'),
  }
}

function checkPlace({ $type }: Node, id: string, written: readonly Node[], problems: Problems): void {
  const at = `${id} > extensionElements > executionListeners > executionListener`
  for (const { eventType } of written) {
    if (!eventType) problems.attribute(at, 'eventType', eventType)
    else if (eventType !== 'start' && eventType !== 'end') {
      problems.add(at, `Attribute 'eventType' must be one of: start, end; but it is '${eventType}'`)
    }
  }
  const has = (event: string) => written.some(({ eventType }) => eventType === event)
  if ($type === 'bpmn:StartEvent' && has('start')) problems.add(id, notSupported('start', 'start events'))
  if ($type === 'bpmn:BoundaryEvent' && has('start')) problems.add(id, notSupported('start', 'boundary events'))
  if ($type.endsWith('Gateway') && has('end')) problems.add(id, notSupported('end', 'gateway element'))
}

function notSupported(event: string, by: string): string {
  return `Execution listeners of type '${event}' are not supported by ${by}`
}

function checkTwice(written: readonly Node[], at: string, problems: Problems): void {
  const groups = Map.groupBy(written, ({ eventType, type }) => `${eventType}|${type}`)
  for (const [{ eventType, type } = {} as Node, ...others] of groups.values()) {
    if (others.length === 0) continue
    const count = others.length + 1
    problems.add(
      at,
      `Found '${count}' duplicates based on eventType[${eventType}] and type[${type}], these combinations should be unique.`,
    )
  }
}
