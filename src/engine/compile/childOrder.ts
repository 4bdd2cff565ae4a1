import { BpmnModdle, type Descriptor } from 'bpmn-moddle'

const bpmn = 'http://www.omg.org/spec/BPMN/20100524/MODEL'
const moddle = new BpmnModdle()

/** A child element that BPMN's schema wants somewhere else, or once only. */
export interface Misplaced {
  readonly name: string
  /** Where its tag begins in the text. */
  readonly at: number
}

/**
 * The first of a file. The parser sorts the children of an element by what they are; the schema wants them sorted already. What is of no BPMN, as an
 * extension, is passed over with all that is in it.
 */
export function misplacedChild(xml: string): Misplaced | undefined {
  const open: (Parent | undefined)[] = []
  let prefixes: ReadonlySet<string> = new Set()
  for (const tag of xml.matchAll(tags)) {
    const [, slash, prefix = '', name, attributes = '', isEmpty] = tag
    if (name === undefined) continue
    if (slash) {
      open.pop()
      continue
    }
    if (open.length === 0) prefixes = prefixesIn(attributes)
    const parent = open.at(-1)
    const isBpmn = prefixes.has(prefix) && (open.length === 0 || parent !== undefined)
    const counts = isBpmn || (open.length === 1 && name === 'BPMNDiagram')
    if (counts && parent !== undefined && !takes(parent, name)) return { name, at: tag.index }
    if (!isEmpty) open.push(isBpmn ? parentOf(name) : undefined)
  }
  return undefined
}

/** Comments, unparsed text and instructions are matched first, so that no tag is found in them; to the end, where they have none: it is read once. */
const tags =
  /<!--[\s\S]*?(?:-->|$)|<!\[CDATA\[[\s\S]*?(?:\]\]>|$)|<\?[\s\S]*?(?:\?>|$)|<(\/?)(?:([\w.-]+):)?([\w.-]+)((?:\s+[^\s=>/]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>/g

/** Those that mean BPMN; `''` where that needs none. */
function prefixesIn(attributes: string): ReadonlySet<string> {
  const declared = [...attributes.matchAll(/\sxmlns(?::([\w.-]+))?\s*=\s*["']([^"']*)["']/g)]
  return new Set(declared.filter(([, , uri]) => uri === bpmn).map(([, prefix = '']) => prefix))
}

/** Of these a timer has one. */
const alternatives: ReadonlySet<string> = new Set(['timeDate', 'timeDuration', 'timeCycle'])

interface Parent {
  readonly properties: readonly Property[]
  /** How far its children have come among its properties. */
  reached: number
}

function parentOf(name: string): Parent | undefined {
  const descriptor = descriptorOf(name)
  return descriptor && { properties: descriptor.properties.toSorted(bySchema), reached: -1 }
}

/** In one place the parser's package has another order. */
function bySchema(a: Property, b: Property): number {
  return Number(a.ns.localName === 'dataState') - Number(b.ns.localName === 'dataState')
}

/** What the parser knows nothing of it complains of itself. */
function takes(parent: Parent, name: string): boolean {
  const at = propertyFor(parent.properties, alternatives.has(name) ? 'timeDate' : name)
  if (at < 0) return true
  if (at < parent.reached || (at === parent.reached && !parent.properties[at]!.isMany)) return false
  parent.reached = at
  return true
}

/** The property of that name, or the one that takes elements of that kind. */
function propertyFor(properties: readonly Property[], name: string): number {
  const named = properties.findIndex((property) => !property.isAttr && property.ns.localName === name)
  if (named >= 0) return named
  const kinds = new Set(
    name === 'BPMNDiagram' ? [`bpmndi:${name}`] : descriptorOf(name)?.allTypes.map((type) => type.name),
  )
  return properties.findIndex(
    ({ isAttr, isReference, isVirtual, type }) => !isAttr && !isReference && !isVirtual && kinds.has(type),
  )
}

type Property = Descriptor['properties'][number]

const descriptors = new Map<string, Descriptor | undefined>()

function descriptorOf(name: string): Descriptor | undefined {
  if (!descriptors.has(name)) descriptors.set(name, findDescriptor(`bpmn:${name[0]!.toUpperCase()}${name.slice(1)}`))
  return descriptors.get(name)
}

function findDescriptor(type: string): Descriptor | undefined {
  try {
    return moddle.getType(type).$descriptor
  } catch {
    return undefined
  }
}
