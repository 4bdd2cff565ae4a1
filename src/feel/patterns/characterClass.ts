import { allBut, type Characters, intersectionOf, oneOf, rangeOf, unionOf } from './characters.ts'
import { readCodePoint, readEscaped } from './escapes.ts'
import { shorthand } from './namedCharacters.ts'
import type { Reader } from './reader.ts'
import { InvalidPattern } from './syntax.ts'

/** What stands after an opening bracket: characters, ranges, classes within, and with `&&` what all of them have. */
export function readClass(reader: Reader): Characters {
  return reader.within(() => {
    const isNegated = reader.passes('^')
    const operands = [readUnion(reader, true)]
    while (reader.passes('&&')) operands.push(readUnion(reader, false))
    if (!reader.passes(']')) throw new InvalidPattern('a class of characters is not closed')
    const all = intersectionOf(operands.filter((operand) => operand !== undefined))
    return isNegated ? allBut(all) : all
  })
}

/** Up to the bracket or the `&&` that ends it; a bracket that comes first is a character. */
function readUnion(reader: Reader, isFirst: boolean): Characters | undefined {
  const parts: Characters[] = []
  while (!(isClosing(reader) && !(isFirst && parts.length === 0 && reader.peek() === ']'))) parts.push(readPart(reader))
  return parts.length === 0 ? undefined : unionOf(parts)
}

function isClosing(reader: Reader): boolean {
  const next = reader.peek()
  return next === '' || next === ']' || (next === '&' && reader.ahead(1) === '&')
}

function readPart(reader: Reader): Characters {
  if (reader.passes('[')) return readClass(reader)
  const first = readSingle(reader)
  if (typeof first !== 'number') return first
  if (reader.peek() !== '-' || ['[', ']'].includes(reader.ahead(1))) return oneOf(first, reader.caseRule)
  reader.take()
  const last = readSingle(reader)
  if (typeof last !== 'number' || last < first) throw new InvalidPattern('a range ends before it begins')
  return rangeOf(first, last, reader.caseRule)
}

/** One character, or an escape that means several. */
function readSingle(reader: Reader): number | Characters {
  const character = reader.take()
  if (character !== '\\') return character.codePointAt(0)!
  const next = reader.ahead(0)
  return /^[pP]$/.test(next) || shorthand(next) !== undefined ? readEscaped(reader) : readCodePoint(reader)
}
