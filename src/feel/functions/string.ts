import { toInt } from '../values/decimal.ts'
import { EvaluationFailed, type Surroundings } from '../values/value.ts'
import { type Builtins, define, indexOf, number, text } from './define.ts'

/** Characters are counted as Java counts them, in UTF-16. */
export const stringFunctions: Builtins = {
  substring: [
    define(['string', 'start position'], [text, number], (string, start, { budget }) => {
      budget.spendText(string.length)
      return between(string, indexOf(string.length, toInt(start)), string.length)
    }),
    define(['string', 'start position', 'length'], [text, number, number], (string, start, length, { budget }) => {
      budget.spendText(string.length)
      const from = indexOf(string.length, toInt(start))
      return between(string, from, Math.min(from + toInt(length), string.length))
    }),
  ],
  'string length': [define(['string'], [text], (string) => string.length)],
  'upper case': [
    define(
      ['string'],
      [text],
      made((string) => string.toUpperCase()),
    ),
  ],
  'lower case': [
    define(
      ['string'],
      [text],
      made((string) => string.toLowerCase()),
    ),
  ],
  trim: [
    define(
      ['string'],
      [text],
      made((string) => string.replace(/^[\0- ]+/, '').replace(/(?<![\0- ])[\0- ]+$/, '')),
    ),
  ],
  'substring before': [
    define(
      ['string', 'match'],
      [text, text],
      sought((string, match) => string.slice(0, Math.max(string.indexOf(match), 0))),
    ),
  ],
  'substring after': [
    define(
      ['string', 'match'],
      [text, text],
      sought((string, match) => {
        const at = string.indexOf(match)
        return at < 0 ? '' : string.slice(at + match.length)
      }),
    ),
  ],
  contains: [
    define(
      ['string', 'match'],
      [text, text],
      sought((string, match) => string.includes(match)),
    ),
  ],
  'starts with': [
    define(
      ['string', 'match'],
      [text, text],
      sought((string, match) => string.startsWith(match)),
    ),
  ],
  'ends with': [
    define(
      ['string', 'match'],
      [text, text],
      sought((string, match) => string.endsWith(match)),
    ),
  ],
  'to base64': [
    define(
      ['value'],
      [text],
      made((value) => Buffer.from(value, 'utf8').toString('base64')),
    ),
  ],
  uuid: [
    define([], [], ({ unique, budget }) => {
      budget.spend(stepsOfUuid)
      return unique ? uuid(unique()) : null
    }),
  ],
}

function made(make: (string: string) => string): (string: string, surroundings: Surroundings) => string {
  return (string, { budget }) => {
    budget.spendText(string.length)
    return make(string)
  }
}

/** To look for a text in another one takes less than to make one. */
function sought<Found>(find: (string: string, match: string) => Found) {
  return (string: string, match: string, { budget }: Surroundings): Found => {
    budget.spend(string.length / 32)
    return find(string, match)
  }
}

/** As Java's `substring`, whose exception ends the evaluation. */
function between(string: string, from: number, to: number): string {
  if (from >= 0 && from <= to && to <= string.length) return string.slice(from, to)
  throw new EvaluationFailed(
    `java.lang.StringIndexOutOfBoundsException: begin ${from}, end ${to}, length ${string.length}`,
  )
}

const stepsOfUuid = 40

/** Version 4: random but for the digits that say so. */
function uuid(digits: string): string {
  const [, a, b, c, d, e] = /^(.{8})(.{4}).(.{3}).(.{3})(.{12})/.exec(digits)!
  return `${a}-${b}-4${c}-8${d}-${e}`
}
