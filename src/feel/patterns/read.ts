import { readClass } from './characterClass.ts'
import { type Characters, oneOf, tabled } from './characters.ts'
import { readEscaped } from './escapes.ts'
import { shorthand } from './namedCharacters.ts'
import * as positions from './positions.ts'
import { Reader } from './reader.ts'
import { type Greed, InvalidPattern, lengthOf, type Node, type Syntax } from './syntax.ts'

/** Reads a pattern of Java's (java.util.regex.Pattern). `flags`: of `i`, `m`, `s`, `x`. Throws InvalidPattern. */
export function readPattern(pattern: string, flags: string): Syntax {
  const reader = new Reader(pattern, flags)
  const node = readChoice(reader)
  if (!reader.isAtEnd) throw new InvalidPattern('a parenthesis is closed that was not opened')
  return { node, groups: reader.groups, names: reader.names }
}

/** Flags that are set within hold up to its end. */
function readChoice(reader: Reader): Node {
  const { flags } = reader
  const options = [readSequence(reader)]
  while (reader.passes('|')) options.push(readSequence(reader))
  reader.flags = flags
  return options.length === 1 ? options[0]! : { is: 'choice', options }
}

function readSequence(reader: Reader): Node {
  const nodes: Node[] = []
  while (!['', '|', ')'].includes(reader.peek())) {
    const node = readAtom(reader)
    if (node !== undefined) nodes.push(readRepetition(reader, node))
  }
  return nodes.length === 1 ? nodes[0]! : { is: 'sequence', nodes }
}

/** None, where only flags are set. */
function readAtom(reader: Reader): Node | undefined {
  const character = reader.peek()
  // a number of times of nothing
  if (character === '{') return { is: 'sequence', nodes: [] }
  reader.take()
  if ('*+?'.includes(character)) throw new InvalidPattern(`'${character}' repeats nothing`)
  if (character === '(') return readGroup(reader)
  if (character === '\\') return readEscape(reader)
  if (character === '[') return characterNode(readClass(reader))
  if (character === '.') return characterNode(dot(reader))
  if (character === '^')
    return { is: 'position', holds: reader.has('m') ? positions.isBeginningOfLine : positions.isBeginning }
  if (character === '$')
    return { is: 'position', holds: reader.has('m') ? positions.isEndOfLine : positions.isEndOfText }
  return characterNode(oneOf(character.codePointAt(0)!, reader.caseRule))
}

function characterNode(characters: Characters): Node {
  return { is: 'character', characters: tabled(characters) }
}

function dot(reader: Reader): Characters {
  if (reader.has('s')) return { has: () => true, cost: 1 }
  return { has: (codePoint) => !positions.isTerminator(String.fromCodePoint(codePoint)), cost: 2 }
}

function readRepetition(reader: Reader, node: Node): Node {
  const times = readTimes(reader)
  if (times === undefined) return node
  const [least, most] = times
  return { is: 'repeated', node, least, most, how: readGreed(reader) }
}

function readTimes(reader: Reader): readonly [number, number] | undefined {
  if (reader.passes('?')) return [0, 1]
  if (reader.passes('*')) return [0, Number.POSITIVE_INFINITY]
  if (reader.passes('+')) return [1, Number.POSITIVE_INFINITY]
  if (!reader.passes('{')) return undefined
  const least = readNumber(reader)
  const most = reader.passes(',') ? (reader.peek() === '}' ? Number.POSITIVE_INFINITY : readNumber(reader)) : least
  if (!reader.passes('}') || most < least) throw new InvalidPattern('no number of times')
  return [least, most]
}

function readNumber(reader: Reader): number {
  const digits = reader.takeAll(/^\d/)
  if (digits === '' || Number(digits) >= 2 ** 31) throw new InvalidPattern('no number of times')
  return Number(digits)
}

function readGreed(reader: Reader): Greed {
  if (reader.passes('?')) return 'reluctant'
  return reader.passes('+') ? 'possessive' : 'greedy'
}

/** What stands after an opening parenthesis. */
function readGroup(reader: Reader): Node | undefined {
  if (reader.peek() !== '?') return readCapture(reader, undefined)
  if (/^[a-z]$/i.test(reader.ahead(2)) && reader.passes('?<')) return readCapture(reader, readName(reader))
  reader.take()
  if (reader.passes(':')) return readInner(reader)
  if (reader.passes('>')) return { is: 'atomic', node: readInner(reader) }
  if (reader.passes('=')) return { is: 'ahead', node: readInner(reader), isNegated: false }
  if (reader.passes('!')) return { is: 'ahead', node: readInner(reader), isNegated: true }
  if (reader.passes('<=')) return readBehind(reader, false)
  if (reader.passes('<!')) return readBehind(reader, true)
  return readFlags(reader)
}

function readInner(reader: Reader): Node {
  const node = reader.within(() => readChoice(reader))
  if (!reader.passes(')')) throw new InvalidPattern('a parenthesis is not closed')
  return node
}

function readCapture(reader: Reader, name: string | undefined): Node {
  const group = ++reader.groups
  if (name !== undefined) {
    if (reader.names.has(name)) throw new InvalidPattern(`two groups are called '${name}'`)
    reader.names.set(name, group)
  }
  return { is: 'group', node: readInner(reader), group }
}

function readName(reader: Reader): string {
  const name = reader.takeAll(/^[A-Za-z0-9]/)
  if (!/^[a-z]/i.test(name) || !reader.passes('>')) throw new InvalidPattern('no name of a group')
  return name
}

function readBehind(reader: Reader, isNegated: boolean): Node {
  const node = readInner(reader)
  if (lengthOf(node)[1] === Number.POSITIVE_INFINITY) throw new InvalidPattern('what is behind has no longest length')
  return { is: 'behind', node, isNegated }
}

/** `i)`, `i-m)`, or `i:…)`. */
function readFlags(reader: Reader): Node | undefined {
  const set = reader.takeAll(/^[dimsuUx]/)
  const unset = reader.passes('-') ? reader.takeAll(/^[dimsuUx]/) : ''
  const flags = [...reader.flags, ...set].filter((flag) => !unset.includes(flag)).join('')
  const before = reader.flags
  if (reader.ahead(0) === ')') {
    reader.take()
    reader.flags = flags
    return undefined
  }
  if (!reader.passes(':')) throw new InvalidPattern('no kind of group')
  reader.flags = flags
  const node = readInner(reader)
  reader.flags = before
  return node
}

const places: Record<string, positions.Position> = {
  A: positions.isBeginning,
  G: positions.isEndOfLast,
  z: positions.isEnd,
  Z: positions.isEndOfText,
  b: positions.isBoundary,
  B: positions.isNoBoundary,
}

/** What stands after a backslash, outside of a class. */
function readEscape(reader: Reader): Node {
  const character = reader.ahead(0)
  if (Object.hasOwn(places, character)) {
    reader.take()
    return { is: 'position', holds: places[character]! }
  }
  if (/^[1-9]$/.test(character)) return { is: 'reference', group: readReference(reader), rule: reader.caseRule }
  if (character === 'k' && reader.ahead(1) === '<') {
    reader.takeAll(/^[k<]/, 2)
    const group = reader.names.get(readName(reader))
    if (group === undefined) throw new InvalidPattern('no group has that name')
    return { is: 'reference', group, rule: reader.caseRule }
  }
  if (character === 'R' || character === 'X') {
    reader.take()
    return character === 'R' ? lineBreak : { is: 'cluster' }
  }
  return characterNode(readEscaped(reader))
}

/** As many digits as there are groups for. */
function readReference(reader: Reader): number {
  let group = Number(reader.take())
  while (/^\d$/.test(reader.ahead(0)) && group * 10 + Number(reader.ahead(0)) <= reader.groups)
    group = group * 10 + Number(reader.take())
  return group
}

const lineBreak: Node = {
  is: 'choice',
  options: [
    { is: 'sequence', nodes: ['\r', '\n'].map((one) => characterNode(oneOf(one.codePointAt(0)!, 'exact'))) },
    characterNode(shorthand('v')!),
  ],
}
