import { checkHandler } from '../definitions/compensation.ts'
import { elements } from '../elements/table.ts'
import type { Compiling } from './compiling.ts'
import { checkExtensions, countOf } from './extensions.ts'
import { compileMappings } from './ioMapping.ts'
import { compileListeners } from './listeners.ts'
import { extension, type Node } from './moddle.ts'
import type { BaseElement, ElementModel, MultiInstance } from './model.ts'
import type { Problems } from './problems.ts'
import { checkSameEvents } from './sameEvents.ts'

/** Compiles one element of a scope. Undefined, with a problem, for what this engine does not execute. */
export function compileElement(node: Node, scopeId: string, compiling: Compiling): ElementModel | undefined {
  const { problems } = compiling
  const id = node.id ?? ''
  if (id === '') problems.add(node.$type, 'Must have an id')
  const element = elements[node.$type]
  if (element === undefined) return unsupported(node, problems)
  checkExtensions(node, problems)
  checkHandler(node, compiling)
  return element.compile(node, baseOf(node, id, scopeId, compiling), compiling)
}

/** What a modeler draws and no engine executes. */
export function isArtifact(node: Node): boolean {
  return ['bpmn:DataObject', 'bpmn:DataObjectReference', 'bpmn:DataStoreReference'].includes(node.$type)
}

/** Outgoing flows are in the reverse order of the file, as the real engine reads them: of several true conditions the last one's flow is taken. */
function baseOf(node: Node, id: string, scopeId: string, { siblings, problems }: Compiling): BaseElement {
  const leaving = siblings.leaving.get(node) ?? []
  const boundaries = siblings.attached.get(node) ?? []
  checkCatchers(node, id, boundaries, problems)
  if (!conditional.has(node.$type) && leaving.some((flow) => flow.conditionExpression)) {
    problems.add(id, 'Conditional sequence flows are only supported at exclusive or inclusive gateway')
  }
  const multiInstance = multiInstanceOf(node, id, problems)
  const listeners = compileListeners(node, id, problems)
  return {
    id,
    scopeId,
    type: zeebeType(node.$type),
    incoming: (siblings.arriving.get(node) ?? []).map(idOf),
    outgoing: leaving.map(idOf).reverse(),
    ...compileMappings(node, id, problems),
    boundaryEvents: boundaries.map(idOf),
    ...(multiInstance && { multiInstance }),
    ...(listeners && { listeners }),
  }
}

const conditional = new Set(['bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway'])

function idOf(node: Node): string {
  return node.id ?? ''
}

/** Which of two events would take over is not left to chance. */
function checkCatchers(node: Node, id: string, boundaries: readonly Node[], problems: Problems): void {
  const definitions = boundaries.flatMap((boundary) => boundary.eventDefinitions ?? [])
  checkSameEvents(id, definitions, problems)
  if (node.messageRef?.name && definitions.some(({ messageRef }) => messageRef?.name === node.messageRef?.name)) {
    problems.add(id, 'Cannot reference the same message name as a boundary event')
  }
}

function multiInstanceOf(node: Node, id: string, problems: Problems): MultiInstance | undefined {
  const loop = node.loopCharacteristics
  // A standard loop is passed over, as the real engine does: the activity is done once.
  if (loop?.$type !== 'bpmn:MultiInstanceLoopCharacteristics') return undefined
  const zeebe = extension(loop, 'zeebe:LoopCharacteristics')
  const at = loop.id ?? `${id} > multiInstanceLoopCharacteristics`
  if (countOf(loop, 'zeebe:LoopCharacteristics') !== 1)
    problems.add(at, "Must have exactly one 'zeebe:loopCharacteristics' extension element")
  const inside = `${at} > extensionElements > loopCharacteristics`
  const { inputElement, outputCollection, outputElement } = zeebe ?? {}
  if (zeebe !== undefined) problems.attribute(inside, 'inputCollection', zeebe.inputCollection)
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
    ...(until && { completionCondition: problems.expression(at, until) }),
  }
}

function unsupported(node: Node, problems: Problems): undefined {
  const type = node.$type.replace('bpmn:', '')
  problems.add(
    node.id ?? node.$type,
    `Elements of type '${type}' are currently not supported. Please refer to the documentation for a list of supported elements: https://docs.camunda.io/docs/components/modeler/bpmn/bpmn-coverage/`,
  )
}

/** `bpmn:ServiceTask` is SERVICE_TASK in Zeebe's words. */
function zeebeType(type: string): string {
  return type
    .replace('bpmn:', '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, '_')
    .toUpperCase()
}
