import { countOf } from './extensions.ts'
import { extension, type Node } from './moddle.ts'
import type { Listener, Listeners } from './model.ts'
import type { Problems } from './problems.ts'

/** An element's execution listeners, in the order of the file; undefined where it has none. */
export function compileListeners(node: Node, id: string, problems: Problems): Listeners | undefined {
  const written = extension(node, 'zeebe:ExecutionListeners')?.listeners ?? []
  // The real engine looks only where it looks for more.
  const isLookedAt = /Event$|Gateway$/.test(node.$type)
  if (isLookedAt && countOf(node, 'zeebe:ExecutionListeners') > 1) {
    problems.add(id, 'Element must not have more than one execution listeners definition')
  }
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

function checkPlace(
  { $type, eventDefinitions = [] }: Node,
  id: string,
  written: readonly Node[],
  problems: Problems,
): void {
  const at = `${id} > extensionElements > executionListeners > executionListener`
  for (const { eventType } of written) {
    if (!eventType) problems.attribute(at, 'eventType', eventType)
    else if (eventType !== 'start' && eventType !== 'end') {
      problems.add(at, `Attribute 'eventType' must be one of: start, end; but it is '${eventType}'`)
    }
  }
  const has = (event: string) => written.some(({ eventType }) => eventType === event)
  if ($type === 'bpmn:StartEvent' && has('start')) problems.add(id, notSupported('start', 'start events'))
  const compensates = eventDefinitions[0]?.$type === 'bpmn:CompensateEventDefinition'
  if ($type === 'bpmn:BoundaryEvent' && compensates) {
    const what = "Execution listeners of type 'start' and 'end' are not supported by [compensation] boundary events"
    problems.add(id, what)
  } else if ($type === 'bpmn:BoundaryEvent' && has('start')) problems.add(id, notSupported('start', 'boundary events'))
  const throwsError = eventDefinitions[0]?.$type === 'bpmn:ErrorEventDefinition'
  if ($type === 'bpmn:EndEvent' && throwsError && has('end')) {
    problems.add(id, notSupported('end', '[error] end events'))
  }
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

/** What has listeners and calls none. */
export function checkListenerPlaces(definitions: Node, problems: Problems): void {
  for (const node of nodesIn(definitions)) {
    const name = `${node.$type[5]?.toLowerCase()}${node.$type.slice(6)}`
    if (places.includes(name) || !extension(node, 'zeebe:ExecutionListeners')?.listeners?.length) continue
    problems.add(
      `${node.id ?? name} > extensionElements > executionListeners`,
      `Execution listeners are not supported for the '${name}' element. Currently, only [${places.join(', ')}] elements can have execution listeners.`,
    )
  }
}

function* nodesIn({ rootElements = [], flowElements = [] }: Node): IterableIterator<Node> {
  for (const node of [...rootElements, ...flowElements]) {
    yield node
    yield* nodesIn(node)
  }
}

const places = [
  'process',
  'subProcess',
  'callActivity',
  'task',
  'sendTask',
  'serviceTask',
  'scriptTask',
  'userTask',
  'receiveTask',
  'businessRuleTask',
  'manualTask',
  'startEvent',
  'intermediateThrowEvent',
  'intermediateCatchEvent',
  'boundaryEvent',
  'endEvent',
  'exclusiveGateway',
  'inclusiveGateway',
  'parallelGateway',
  'eventBasedGateway',
]
