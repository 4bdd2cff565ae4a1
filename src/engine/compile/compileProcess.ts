import { eventSubProcessesIn } from '../elements/eventSubProcess.ts'
import { compileElement, isArtifact } from './compileElement.ts'
import { checkExtensions, checkForms } from './extensions.ts'
import { checkLinks } from './links.ts'
import { compileListeners } from './listeners.ts'
import { extension, type Node } from './moddle.ts'
import type { ElementModel, ProcessElement, ProcessModel, SequenceFlow, StartEvent } from './model.ts'
import type { Problems } from './problems.ts'
import { checkSameEvents } from './sameEvents.ts'
import { siblingsOf } from './siblings.ts'

/** Compiles a process with all that lies in it. */
export function compileProcess(process: Node, checksum: string, problems: Problems): ProcessModel {
  const bpmnProcessId = process.id ?? ''
  if (bpmnProcessId === '') problems.add('process', 'Must have an id')
  checkExtensions(process, problems)
  checkForms(process, bpmnProcessId, problems)
  checkLinks(process, problems)
  const elements = new Map<string, ElementModel>()
  const flows = new Map<string, SequenceFlow>()
  compileScope(process, bpmnProcessId, elements, flows, problems)
  const root = rootOf(process, bpmnProcessId, elements, problems)
  elements.set(bpmnProcessId, root)
  const versionTag = extension(process, 'zeebe:VersionTag')?.value
  return { bpmnProcessId, ...(versionTag && { versionTag }), checksum, elements, flows, process: root }
}

/** Each variable is looked up through all of them. */
const deepest = 100

function compileScope(
  scope: Node,
  scopeId: string,
  elements: Map<string, ElementModel>,
  flows: Map<string, SequenceFlow>,
  problems: Problems,
  depth = 0,
): void {
  if (depth > deepest) {
    problems.add(scopeId, `Must not lie in more than ${deepest} others: call a process of its own instead`)
    return
  }
  const nodes = (scope.flowElements ?? []).filter((node) => !isArtifact(node))
  for (const node of nodes.filter((candidate) => candidate.$type === 'bpmn:SequenceFlow')) {
    compileFlow(node, flows, problems)
  }
  const starts = nodes.filter((node) => node.triggeredByEvent).flatMap(({ flowElements = [] }) => flowElements)
  checkSameEvents(
    scopeId,
    starts.filter(({ $type }) => $type === 'bpmn:StartEvent').flatMap(({ eventDefinitions = [] }) => eventDefinitions),
    problems,
  )
  const siblings = siblingsOf(nodes, scope.artifacts)
  for (const node of nodes.filter((candidate) => candidate.$type !== 'bpmn:SequenceFlow')) {
    const element = compileElement(node, scopeId, { siblings, problems })
    if (element === undefined) continue
    elements.set(element.id, element)
    if ('startEventId' in element) compileScope(node, element.id, elements, flows, problems, depth + 1)
  }
}

function compileFlow(node: Node, flows: Map<string, SequenceFlow>, problems: Problems): void {
  const id = node.id ?? ''
  const sourceId = node.sourceRef?.id
  const targetId = node.targetRef?.id
  if (sourceId === undefined || targetId === undefined || node.sourceRef?.$parent !== node.targetRef?.$parent) {
    problems.add(id, 'Must connect two elements of one scope')
    return
  }
  const text = node.conditionExpression?.body
  const condition = text === undefined ? undefined : problems.feel(`${id} > conditionExpression`, text)
  flows.set(id, { id, sourceId, targetId, ...(condition && { condition }) })
}

function rootOf(
  process: Node,
  id: string,
  elements: ReadonlyMap<string, ElementModel>,
  problems: Problems,
): ProcessElement {
  const starts = [...elements.values()].filter(
    (element): element is StartEvent => element.kind === 'startEvent' && element.scopeId === id,
  )
  const none = starts.filter((start) => start.event === undefined)
  const written = (process.flowElements ?? []).some((node) => node.$type === 'bpmn:StartEvent')
  if (!written) problems.add(id, 'Must have at least one start event')
  const signals = (process.flowElements ?? [])
    .filter((node) => node.$type === 'bpmn:StartEvent')
    .flatMap(({ eventDefinitions = [] }) => eventDefinitions.filter(({ signalRef }) => signalRef !== undefined))
  checkSameEvents(id, signals, problems)
  if (none.length > 1) problems.add(id, 'Multiple none start events are not allowed')
  const listeners = compileListeners(process, id, problems)
  return {
    kind: 'process',
    type: 'PROCESS',
    id,
    scopeId: '',
    incoming: [],
    outgoing: [],
    inputs: [],
    outputs: [],
    boundaryEvents: [],
    ...(listeners && { listeners }),
    ...(none[0] && { startEventId: none[0].id }),
    startEvents: starts.filter((start) => start.event !== undefined),
    eventSubProcesses: eventSubProcessesIn(process),
  }
}
