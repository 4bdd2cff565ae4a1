import { catchEventOf, compileBoundaryEvent, messageNameOf, messageOf, onlyDefinition } from './compileEvent.ts'
import { extension, type Node } from './moddle.ts'
import type { ElementModel, EndEvent, JobTask, Mapping, MultiInstance, StartEvent, SubProcess } from './model.ts'
import type { Problems } from './problems.ts'
import type { Siblings } from './siblings.ts'

type Base = Omit<StartEvent, 'kind' | 'message'>
type Compile = (node: Node, base: Base, problems: Problems, siblings: Siblings) => ElementModel | undefined

/** Compiles one element of a scope. Undefined, with a problem, for what this engine does not execute. */
export function compileElement(
  node: Node,
  scopeId: string,
  siblings: Siblings,
  problems: Problems,
): ElementModel | undefined {
  const id = node.id ?? ''
  if (id === '') problems.add(node.$type, 'Must have an id')
  const compile = compilers[node.$type]
  if (compile === undefined) return unsupported(node, problems)
  checkExtensions(node, problems)
  if (node.isForCompensation) problems.add(id, 'Compensation handlers are not supported by this engine')
  return compile(node, baseOf(node, id, scopeId, siblings, problems), problems, siblings)
}

/** What a modeler draws and no engine executes. */
export function isArtifact(node: Node): boolean {
  return ['bpmn:DataObject', 'bpmn:DataObjectReference', 'bpmn:DataStoreReference'].includes(node.$type)
}

const pass: Compile = (_, base) => ({ ...base, kind: 'pass' })

const compilers: Record<string, Compile | undefined> = {
  'bpmn:StartEvent': compileStartEvent,
  'bpmn:EndEvent': compileEndEvent,
  'bpmn:Task': pass,
  'bpmn:ManualTask': pass,
  'bpmn:ServiceTask': compileJobTask,
  'bpmn:SendTask': compileJobTask,
  'bpmn:ScriptTask': compileJobTask,
  'bpmn:BusinessRuleTask': compileJobTask,
  'bpmn:ReceiveTask': (node, base, problems) => ({
    ...base,
    kind: 'receiveTask',
    message: messageOf(base.id, node.messageRef, problems),
  }),
  'bpmn:ExclusiveGateway': compileExclusiveGateway,
  'bpmn:ParallelGateway': (_, base) => ({ ...base, kind: 'parallelGateway' }),
  'bpmn:SubProcess': compileSubProcess,
  'bpmn:IntermediateCatchEvent': (node, base, problems) => {
    const event = catchEventOf(node, problems)
    return event && { ...base, kind: 'catchEvent', event }
  },
  'bpmn:IntermediateThrowEvent': (node, base, problems) => {
    if ((node.eventDefinitions ?? []).length === 0) return { ...base, kind: 'pass' }
    return isMessageThrow(node) ? compileJobTask(node, base, problems) : unsupportedEvent(node, problems)
  },
  'bpmn:BoundaryEvent': (node, base, problems) => compileBoundaryEvent(node, base, problems),
}

function compileStartEvent(node: Node, base: Base, problems: Problems): ElementModel | undefined {
  const [definition, ...more] = node.eventDefinitions ?? []
  if (definition === undefined) return { ...base, kind: 'startEvent' }
  if (definition.$type !== 'bpmn:MessageEventDefinition' || more.length > 0) return unsupportedEvent(node, problems)
  const name = messageNameOf(base.id, definition.messageRef, problems)
  if (name.kind === 'feel' && name.variables.length > 0) {
    problems.add(base.id, 'The name of a message that starts a process must not depend on variables')
  }
  if (node.$parent?.$type !== 'bpmn:Process') problems.add(base.id, 'Must be a none start event')
  return { ...base, kind: 'startEvent', message: { name } }
}

function compileEndEvent(node: Node, base: Base, problems: Problems): ElementModel | undefined {
  if (base.outgoing.length > 0) {
    problems.add(base.id, 'End events must not have outgoing sequence flows to other elements.')
  }
  const definition = onlyDefinition(node, problems)
  if (definition === undefined) return { ...base, kind: 'endEvent', event: { type: 'none' } }
  switch (definition.$type) {
    case 'bpmn:TerminateEventDefinition':
      return { ...base, kind: 'endEvent', event: { type: 'terminate' } }
    case 'bpmn:ErrorEventDefinition':
      return { ...base, kind: 'endEvent', event: thrownError(definition, base.id, problems) }
    case 'bpmn:MessageEventDefinition':
      return compileJobTask(node, base, problems)
    default:
      return unsupportedEvent(node, problems)
  }
}

function thrownError(definition: Node, id: string, problems: Problems): EndEvent['event'] {
  const error = definition.errorRef
  if (error === undefined) problems.add(`${id} > errorEventDefinition`, 'Must reference an error')
  else if (!error.errorCode) problems.add(error.id ?? id, 'ErrorCode must be present and not empty')
  return { type: 'error', errorCode: problems.expression(`${id} > errorEventDefinition`, error?.errorCode ?? '-') }
}

function compileJobTask(node: Node, base: Base, problems: Problems): JobTask {
  const definition = extension(node, 'zeebe:TaskDefinition')
  if (definition === undefined) problems.add(base.id, "Must have exactly one 'zeebe:taskDefinition' extension element")
  const at = `${base.id} > extensionElements > taskDefinition`
  const headers = extension(node, 'zeebe:TaskHeaders')?.values ?? []
  return {
    ...base,
    kind: 'jobTask',
    jobType: problems.expression(at, definition ? definition.type : '-'),
    retries: problems.expression(at, definition?.retries || '3'),
    headers: Object.fromEntries(headers.filter(({ key, value }) => key && value).map(({ key, value }) => [key, value])),
  }
}

function compileExclusiveGateway(node: Node, base: Base, problems: Problems, siblings: Siblings): ElementModel {
  const flows = siblings.leaving.get(node) ?? []
  if (flows.length > 1) {
    for (const flow of flows) {
      if (flow.conditionExpression === undefined && flow !== node.default) {
        problems.add(flow.id ?? base.id, 'Must have a condition or be default flow')
      }
    }
  }
  return {
    ...base,
    kind: 'exclusiveGateway',
    ...(node.default?.id !== undefined && { defaultFlowId: node.default.id }),
  }
}

function compileSubProcess(node: Node, base: Base, problems: Problems): SubProcess | undefined {
  if (node.triggeredByEvent) {
    problems.add(base.id, 'Event subprocesses are not supported by this engine')
    return undefined
  }
  const starts = (node.flowElements ?? []).filter((element) => element.$type === 'bpmn:StartEvent')
  if (starts.length !== 1) problems.add(base.id, 'Must have exactly one start event')
  return { ...base, kind: 'subProcess', startEventId: starts[0]?.id ?? '' }
}

/** Outgoing flows are in the reverse order of the file, as the real engine reads them: of several true conditions the last one's flow is taken. */
function baseOf(node: Node, id: string, scopeId: string, siblings: Siblings, problems: Problems): Base {
  const leaving = siblings.leaving.get(node) ?? []
  const boundaries = siblings.attached.get(node) ?? []
  checkCatchers(node, id, boundaries, problems)
  if (node.$type !== 'bpmn:ExclusiveGateway' && leaving.some((flow) => flow.conditionExpression)) {
    problems.add(id, 'Conditional sequence flows are only supported at exclusive or inclusive gateway')
  }
  const io = extension(node, 'zeebe:IoMapping')
  const multiInstance = multiInstanceOf(node, id, problems)
  return {
    id,
    scopeId,
    type: zeebeType(node.$type),
    incoming: (siblings.arriving.get(node) ?? []).map(idOf),
    outgoing: leaving.map(idOf).reverse(),
    inputs: (io?.inputParameters ?? []).map((input) =>
      mappingOf(input, `${id} > extensionElements > ioMapping > input`, problems),
    ),
    outputs: (io?.outputParameters ?? []).map((output) =>
      mappingOf(output, `${id} > extensionElements > ioMapping > output`, problems),
    ),
    boundaryEvents: boundaries.map(idOf),
    ...(multiInstance && { multiInstance }),
  }
}

function idOf(node: Node): string {
  return node.id ?? ''
}

/** Which of two events would take over is not left to chance. */
function checkCatchers(node: Node, id: string, boundaries: readonly Node[], problems: Problems): void {
  const definitions = boundaries.flatMap((boundary) => boundary.eventDefinitions ?? [])
  const codes = definitions
    .filter(({ $type }) => $type === 'bpmn:ErrorEventDefinition')
    .map((d) => d.errorRef?.errorCode)
  const names = definitions.flatMap(({ messageRef }) => messageRef?.name ?? [])
  for (const code of twice(codes)) {
    const which = code ? `with the same error code '${code}'` : 'without error code'
    problems.add(id, `Multiple error catch events ${which} are not supported on the same scope.`)
  }
  for (const name of twice(names)) {
    problems.add(id, `Multiple message event definitions with the same name '${name}' are not allowed.`)
  }
  if (node.messageRef?.name && names.includes(node.messageRef.name)) {
    problems.add(id, 'Cannot reference the same message name as a boundary event')
  }
}

function twice<Value>(values: readonly Value[]): Value[] {
  return values.filter((value, index) => values.indexOf(value) !== index)
}

const pathPattern = '[a-zA-Z_][a-zA-Z0-9_]*(\\.[a-zA-Z_][a-zA-Z0-9_]*)*'

function mappingOf({ source, target }: { source?: string; target?: string }, at: string, problems: Problems): Mapping {
  if (target === undefined || target === '') problems.add(at, 'Expected path expression but not found.')
  else if (!new RegExp(`^${pathPattern}$`).test(target)) {
    problems.add(at, `Expected path expression '${target}' but doesn't match the pattern '${pathPattern}'.`)
  }
  return { source: problems.expression(at, source), target: (target ?? '').split('.') }
}

function multiInstanceOf(node: Node, id: string, problems: Problems): MultiInstance | undefined {
  const loop = node.loopCharacteristics
  if (loop === undefined) return undefined
  if (loop.$type !== 'bpmn:MultiInstanceLoopCharacteristics') {
    problems.add(id, 'Standard loops are not supported: use a multi-instance activity')
    return undefined
  }
  const zeebe = extension(loop, 'zeebe:LoopCharacteristics')
  const at = `${id} > multiInstanceLoopCharacteristics`
  if (zeebe === undefined) problems.add(at, "Must have exactly one 'zeebe:loopCharacteristics' extension element")
  const inside = `${at} > extensionElements > loopCharacteristics`
  const { inputElement, outputCollection, outputElement } = zeebe ?? {}
  if (outputCollection && !outputElement) {
    problems.add(inside, "Attribute 'outputElement' must be present if the attribute 'outputCollection' is set")
  }
  if (outputElement && !outputCollection) {
    problems.add(inside, "Attribute 'outputCollection' must be present if the attribute 'outputElement' is set")
  }
  const until = loop.completionCondition?.body
  return {
    sequential: loop.isSequential === true,
    inputCollection: problems.feel(inside, zeebe ? zeebe.inputCollection : '=[]'),
    ...(inputElement && { inputElement }),
    ...(outputCollection && { outputCollection }),
    ...(outputElement && { outputElement: problems.feel(inside, outputElement) }),
    ...(until && { completionCondition: problems.feel(`${at} > completionCondition`, until) }),
  }
}

/** Zeebe's extensions that this engine would silently not do. */
export function checkExtensions(node: Node, problems: Problems): void {
  for (const { $type } of node.extensionElements?.values ?? []) {
    if ($type.startsWith('zeebe:') && !knownExtensions.has($type)) {
      const name = `${$type[6]?.toLowerCase()}${$type.slice(7)}`
      problems.add(node.id ?? node.$type, `Extension element 'zeebe:${name}' is not supported by this engine`)
    }
  }
}

const knownExtensions = new Set([
  'zeebe:IoMapping',
  'zeebe:TaskDefinition',
  'zeebe:TaskHeaders',
  'zeebe:Properties',
  'zeebe:VersionTag',
  // Forms of user tasks lie in the process; the tasks themselves are refused.
  'zeebe:UserTaskForm',
])

function isMessageThrow(node: Node): boolean {
  return node.eventDefinitions?.length === 1 && node.eventDefinitions[0]!.$type === 'bpmn:MessageEventDefinition'
}

function unsupported(node: Node, problems: Problems): undefined {
  problems.add(
    node.id ?? node.$type,
    `Elements of type '${node.$type.replace('bpmn:', '')}' are currently not supported. This engine executes none and message start events, none, error, terminate and message end events, service, send, script and business rule tasks done by job workers, receive tasks, exclusive and parallel gateways, embedded subprocesses, multi-instance activities, message and timer catch events, and message, timer and error boundary events`,
  )
}

function unsupportedEvent(node: Node, problems: Problems): undefined {
  const types = (node.eventDefinitions ?? []).map(({ $type }) => $type.replace('bpmn:', ''))
  problems.add(
    node.id ?? node.$type,
    `Event definition of type '${types.join(', ')}' is not supported here by this engine`,
  )
}

/** `bpmn:ServiceTask` is SERVICE_TASK in Zeebe's words. */
function zeebeType(type: string): string {
  return type
    .replace('bpmn:', '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, '_')
    .toUpperCase()
}
