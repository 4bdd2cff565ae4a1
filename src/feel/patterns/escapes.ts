import { allBut, type Characters, oneOf } from './characters.ts'
import { propertyNamed, shorthand } from './namedCharacters.ts'
import type { Reader } from './reader.ts'
import { InvalidPattern } from './syntax.ts'

/** What stands after a backslash and means characters, within a class as well. */
export function readEscaped(reader: Reader): Characters {
  const letter = reader.ahead(0)
  if (/^[pP]$/.test(letter)) return readProperty(reader)
  const short = shorthand(letter)
  if (short === undefined) return oneOf(readCodePoint(reader), reader.caseRule)
  reader.take()
  return short
}

function readProperty(reader: Reader): Characters {
  const isNegated = reader.take() === 'P'
  const name = reader.passes('{') ? reader.takeAll(/^[^}]/) : `${reader.take()}}`
  if (!name.endsWith('}') && !reader.passes('}')) throw new InvalidPattern('the name of a property does not end')
  const property = propertyNamed(name.replace(/\}$/, ''), reader.caseRule === 'exact')
  if (property === undefined) throw new InvalidPattern(`no property is called '${name}'`)
  return isNegated ? allBut(property) : property
}

const controls: Record<string, number> = { t: 9, n: 10, r: 13, f: 12, a: 7, e: 27 }

/** The one character that an escape means. */
export function readCodePoint(reader: Reader): number {
  const character = reader.takeAll(/^[\s\S]/, 1)
  if (Object.hasOwn(controls, character)) return controls[character]!
  if (character === 'c') return reader.takeAll(/^[\s\S]/, 1).codePointAt(0)! ^ 64
  if (character === '0') return numberOf(/^[0-3][0-7]{0,2}|^[0-7]{1,2}/.exec(readOctal(reader))?.[0], 8)
  if (character === 'u') return numberOf(reader.takeAll(/^[0-9a-f]/i, 4), 16, 4)
  if (character === 'x') {
    if (!reader.passes('{')) return numberOf(reader.takeAll(/^[0-9a-f]/i, 2), 16, 2)
    const codePoint = numberOf(reader.takeAll(/^[0-9a-f]/i), 16)
    if (!reader.passes('}') || codePoint > 0x10ffff) throw new InvalidPattern('no code point')
    return codePoint
  }
  if (character === '' || /^[A-Za-z]$/.test(character)) throw new InvalidPattern(`'\\${character}' means nothing`)
  return character.codePointAt(0)!
}

function readOctal(reader: Reader): string {
  const first = reader.takeAll(/^[0-7]/, 1)
  return first + reader.takeAll(/^[0-7]/, /[0-3]/.test(first) ? 2 : 1)
}

function numberOf(digits: string | undefined, base: number, length = digits?.length): number {
  if (!digits || digits.length !== length) throw new InvalidPattern('no code of a character')
  return Number.parseInt(digits, base)
}
