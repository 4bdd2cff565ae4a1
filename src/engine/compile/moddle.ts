import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { BpmnModdle } from 'bpmn-moddle'

/** A node of a BPMN file as bpmn-moddle reads it. Only what the compiler looks at. */
export interface Node {
  $type: string
  $parent?: Node
  id?: string
  name?: string
  isExecutable?: boolean
  rootElements?: Node[]
  flowElements?: Node[]
  extensionElements?: { values?: Node[] }
  sourceRef?: Node
  targetRef?: Node
  incoming?: Node[]
  outgoing?: Node[]
  conditionExpression?: { body?: string }
  default?: Node
  eventDefinitions?: Node[]
  messageRef?: Node
  errorRef?: Node
  signalRef?: Node
  errorCode?: string
  escalationRef?: Node
  activityRef?: Node
  /** What `activityRef` names, where nothing has that id. */
  missingActivity?: string
  waitForCompletion?: boolean
  artifacts?: Node[]
  escalationCode?: string
  attachedToRef?: Node
  cancelActivity?: boolean
  isInterrupting?: boolean
  timeDate?: { body?: string }
  timeDuration?: { body?: string }
  timeCycle?: { body?: string }
  loopCharacteristics?: Node
  completionCondition?: { body?: string }
  isSequential?: boolean
  triggeredByEvent?: boolean
  isForCompensation?: boolean
  type?: string
  retries?: string
  /** What is written in it. */
  body?: string
  listeners?: Node[]
  eventType?: string
  inputParameters?: { source?: string; target?: string }[]
  outputParameters?: { source?: string; target?: string }[]
  values?: { key?: string; value?: string }[]
  value?: string
  correlationKey?: string
  expression?: string
  resultVariable?: string
  decisionId?: string
  bindingType?: string
  versionTag?: string
  assignee?: string
  candidateGroups?: string
  candidateUsers?: string
  dueDate?: string
  followUpDate?: string
  formKey?: string
  formId?: string
  processId?: string
  propagateAllChildVariables?: boolean
  propagateAllParentVariables?: boolean
  externalReference?: string
  priority?: string
  inputCollection?: string
  inputElement?: string
  outputCollection?: string
  outputElement?: string
}

export interface ParsedFile {
  definitions: Node
  /** What could not be resolved or is not BPMN. */
  warnings: readonly string[]
}

const zeebe: unknown = createRequire(import.meta.url)('zeebe-bpmn-moddle/resources/zeebe.json')

/** Reads a BPMN file; no DOCTYPE, so nothing outside of it is ever fetched. Throws with the parser's words. */
export async function parseFile(xml: string): Promise<ParsedFile> {
  if (/<!DOCTYPE/i.test(xml)) throw new Error('DOCTYPE is disallowed')
  if (countTags(xml) > mostTags)
    throw new Error(`it has more than ${mostTags} elements: deploy parts of it as files of their own`)
  const { rootElement, warnings, elementsById } = await new BpmnModdle({ zeebe }).fromXML(xml)
  const isMarkup = markupIn(xml)
  const unresolved = warnings.filter((warning: Warning) => !isFoundByLocalName(warning, elementsById as Elements))
  const broken = unresolved.filter(
    (warning: Warning) => !isMissingActivity(warning) && !isPassedOver(warning, isMarkup),
  )
  return { definitions: rootElement as Node, warnings: broken.map(({ message }: Warning) => message) }
}

interface Warning {
  message: string
  /** Of a reference to nothing and of an unknown attribute: where it stands. */
  element?: Node
  property?: string
  value?: string
}

type Elements = Readonly<Record<string, Node | undefined>>

/** A reference is a QName to BPMN's schema: other modelers write `tns:m` for what has the id `m`. */
function isFoundByLocalName({ element, property = '', value = '' }: Warning, elements: Elements): boolean {
  const [, name] = /^bpmn:(\w+Ref)$/.exec(property) ?? []
  const [, id] = /^[^:]+:([^:]+)$/.exec(value) ?? []
  const found = id !== undefined && Object.hasOwn(elements, id) ? elements[id] : undefined
  if (element === undefined || name === undefined || found === undefined || name === 'flowNodeRef') return false
  Object.assign(element, { [name]: found })
  return true
}

/** To the real engine it is no broken file, but a problem of the event. */
function isMissingActivity({ element, property, value }: Warning): boolean {
  if (element === undefined || value === undefined || property !== 'bpmn:activityRef') return false
  element.missingActivity = value
  return true
}

/** What the parser minds and BPMN's schema does not. */
function isPassedOver(warning: Warning, isMarkup: (message: string) => boolean): boolean {
  const { message, element, property } = warning
  if (message.startsWith('unresolved reference')) return !mustExist(element, property)
  if (message.startsWith('unknown attribute')) return element?.$type.startsWith('zeebe:') === true
  return isMarkup(message)
}

/** The schema knows most references as names, which may be of something elsewhere: a diagram's of what is drawn among them. */
function mustExist(element: Node | undefined, property = ''): boolean {
  if (/^bpmn:(?:sourceRef|targetRef)$/.test(property))
    return /^bpmn:(?:SequenceFlow|Data\w*Association)$/.test(element?.$type ?? '')
  return /^bpmn:(?:default|outgoing|flowNodeRef|dataObjectRef|attachedToRef|(?:in|out)putDataRef)$/.test(property)
}

/** Whether the parser stumbled over an element of no namespace within a text, as `<br />` in an embedded form. */
function markupIn(xml: string): (message: string) => boolean {
  let texts: [number, number][] | undefined
  let lines: number[] | undefined
  return (message) => {
    const [, line, column] = markup.exec(message) ?? []
    if (line === undefined) return false
    texts ??= [...xml.matchAll(textElements)].map(({ 0: text, index }) => [index, index + text.length])
    lines ??= [0, ...[...xml.matchAll(/\n/g)].map(({ index }) => index + 1)]
    const at = lines[Number(line)]! + Number(column)
    // The parser goes from the first line to the last: a text that ended before is not asked about again.
    while (texts[0] !== undefined && texts[0][1] <= at) texts.shift()
    return texts[0] !== undefined && texts[0][0] < at
  }
}

const markup = /^unparsable content <[a-z]\w*\/?> detected\s+line: (\d+)\s+column: (\d+)/
const textElements = /<((?:[\w-]+:)?(?:documentation|text|script|userTaskForm))\b[^>]*>[\s\S]*?<\/\1>/g

/** Reading so many takes a few seconds, in which nobody else has a turn; a model that a person can read has hundreds. */
const mostTags = 50_000

/** Opening tags. */
function countTags(xml: string): number {
  let count = 0
  for (let at = xml.indexOf('<'); at >= 0; at = xml.indexOf('<', at + 1)) if (xml[at + 1] !== '/') count++
  return count
}

/** The extension element of a type, e.g. `zeebe:TaskDefinition`. */
export function extension(node: Node, type: string): Node | undefined {
  return node.extensionElements?.values?.find((value) => value.$type === type)
}

export function checksumOf(xml: string): string {
  return createHash('sha256').update(xml).digest('hex')
}
