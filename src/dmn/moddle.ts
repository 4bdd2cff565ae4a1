import { DmnModdle } from 'dmn-moddle'

/** A node of a DMN file as dmn-moddle reads it. Only what the compiler looks at. */
export interface Node {
  $type: string
  $parent?: Node
  id?: string
  name?: string
  label?: string
  namespace?: string
  typeRef?: string
  drgElement?: Node[]
  extensionElements?: { values?: Node[] }
  /** A context's entry has logic there, an extension a text. */
  value?: Node | string
  variable?: Node
  informationRequirement?: { requiredDecision?: Reference }[]
  knowledgeRequirement?: { requiredKnowledge?: Reference }[]
  decisionLogic?: Node
  encapsulatedLogic?: Node
  text?: string
  expressionLanguage?: string
  hitPolicy?: string
  aggregation?: string
  input?: Node[]
  inputExpression?: Node
  output?: Node[]
  outputValues?: Node
  defaultOutputEntry?: Node
  rule?: Node[]
  inputEntry?: Node[]
  outputEntry?: Node[]
  contextEntry?: Node[]
  elements?: Node[]
  column?: Node[]
  row?: Node[]
  calledFunction?: Node
  binding?: { parameter?: Node; bindingFormula?: Node }[]
  formalParameter?: Node[]
  body?: Node
}

interface Reference {
  href?: string
}

/** The namespaces of DMN 1.1 to 1.5, as Zeebe reads them. */
const namespaces = [
  'http://www.omg.org/spec/DMN/20151101/dmn.xsd',
  'http://www.omg.org/spec/DMN/20180521/MODEL/',
  'https://www.omg.org/spec/DMN/20191111/MODEL/',
  'https://www.omg.org/spec/DMN/20211108/MODEL/',
  'https://www.omg.org/spec/DMN/20230324/MODEL/',
]

/** dmn-moddle reads 1.3. */
const model = 'https://www.omg.org/spec/DMN/20191111/MODEL/'
const diagram = 'https://www.omg.org/spec/DMN/20191111/DMNDI/'

/** Reads a DMN file; no DOCTYPE, so nothing outside of it is ever fetched. Throws for what the schema refuses. */
export async function parseFile(xml: string): Promise<Node> {
  if (/<!DOCTYPE/i.test(xml)) throw new Error('DOCTYPE is disallowed')
  if (xml.split('<').length > mostTags) throw new Error(`it has more than ${mostTags / 2} elements: split it`)
  const { rootElement, warnings } = await new DmnModdle().fromXML(asVersion13(xml))
  // A text has no encoding any more, whatever it says of the one that it had as bytes.
  const warning = warnings.find(({ message }) => !message.startsWith('unsupported document encoding '))
  if (warning !== undefined) throw new Error(warning.message)
  const definitions = rootElement as Node
  if (definitions.$type !== 'dmn:Definitions') throw new Error(`expected definitions but found ${definitions.$type}`)
  checkRequired(definitions, new Set())
  return definitions
}

/** Opening and closing ones: reading so many takes seconds, in which nobody else has a turn. */
const mostTags = 100_000

function asVersion13(xml: string): string {
  return xml.replace(/(xmlns(?::[\w.-]+)?\s*=\s*["'])([^"']*)/g, (_, start: string, uri: string) => {
    if (namespaces.includes(uri)) return start + model
    return start + (/^https?:\/\/www\.omg\.org\/spec\/DMN\/\d+\/DMNDI\/$/.test(uri) ? diagram : uri)
  })
}

/** What goes through boxed expressions calls itself for each level. */
const deepest = 200

/** Attributes without which the schema refuses an element. */
const required: Record<string, readonly (keyof Node)[]> = {
  'dmn:Definitions': ['name', 'namespace'],
  'dmn:Decision': ['name'],
  'dmn:BusinessKnowledgeModel': ['name'],
  'dmn:InputData': ['name'],
  'dmn:InformationItem': ['name'],
}

/** Attributes that the schema gives a choice. */
const allowed = {
  hitPolicy: ['UNIQUE', 'FIRST', 'PRIORITY', 'ANY', 'COLLECT', 'RULE ORDER', 'OUTPUT ORDER'],
  aggregation: ['SUM', 'COUNT', 'MIN', 'MAX'],
} satisfies { [Name in keyof Node]?: readonly string[] }

function isAmong(values: readonly string[], value: string | undefined): boolean {
  return value === undefined || values.includes(value)
}

function checkRequired(node: Node, seen: Set<Node>, depth = 0): void {
  if (seen.has(node)) return
  if (depth > deepest) throw new Error(`elements are nested deeper than ${deepest} levels`)
  seen.add(node)
  const missing = required[node.$type]?.find((name) => node[name] === undefined)
  if (missing !== undefined) throw new Error(`<${node.$type}> has no ${missing}`)
  const wrong = Object.entries(allowed).find(([name, values]) => !isAmong(values, node[name as keyof typeof allowed]))
  if (wrong !== undefined) throw new Error(`${wrong[0]} is none of ${wrong[1].join(', ')}`)
  for (const [name, value] of Object.entries(node)) {
    if (name === '$parent') continue
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) checkRequired(child, seen, depth + 1)
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && '$type' in value
}

/** Children of a kind that may be several: of the definitions, those of one type. */
export function elementsOf(definitions: Node, type: string): Node[] {
  return (definitions.drgElement ?? []).filter((element) => element.$type === type)
}

/** The id that a reference within the file names. */
export function referredId(reference: Reference | undefined): string | undefined {
  return reference?.href?.replace(/^.*#/, '')
}

/** The value of `zeebe:versionTag`, where a decision has one. */
export function versionTagOf(node: Node): string | undefined {
  const tag = node.extensionElements?.values?.find((value) => /(^|:)versionTag$/.test(value.$type))
  return typeof tag?.value === 'string' && tag.value !== '' ? tag.value : undefined
}
