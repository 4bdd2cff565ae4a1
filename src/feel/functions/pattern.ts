import { isFound, matchesOf, type Pattern, patternOf, replacementOf } from '../patterns/pattern.ts'
import { InvalidPattern } from '../patterns/syntax.ts'
import { FeelError, FeelFunction, type FeelValue, type Surroundings } from '../values/value.ts'
import { type Builtins, define, text } from './define.ts'

export const patternFunctions: Builtins = {
  matches: withFlags(['input', 'pattern'], ([input, pattern], flags, surroundings) =>
    withPattern(pattern, flags, surroundings, (found) => isFound(found, input, surroundings.budget)),
  ),
  replace: withFlags(['input', 'pattern', 'replacement'], ([input, pattern, replacement], flags, surroundings) =>
    withPattern(pattern, flags, surroundings, (found) => replaced(input, found, replacement, surroundings)),
  ),
  split: [
    define(['string', 'delimiter'], [text, text], (string, delimiter, surroundings) =>
      withPattern(delimiter, '', surroundings, (found) => parts(string, found, surroundings), 'for delimiter '),
    ),
  ],
  extract: [
    define(['input', 'pattern'], [text, text], (input, pattern, surroundings) =>
      withPattern(pattern, '', surroundings, (found) =>
        [...matchesOf(found, input, surroundings.budget)].map(({ start, end }) => input.slice(start, end)),
      ),
    ),
  ],
}

type Texts = readonly [string, string, string]

type Body = (values: Texts, flags: string, surroundings: Surroundings) => FeelValue

/** One function without flags, and one with them. */
function withFlags(parameters: readonly string[], body: Body): FeelFunction[] {
  return [
    new FeelFunction(parameters, (values, surroundings) =>
      values.every(text) ? body(values as Texts, '', surroundings) : undefined,
    ),
    new FeelFunction([...parameters, 'flags'], (values, surroundings) =>
      values.every(text) ? body(values.slice(0, -1) as unknown as Texts, values.at(-1)!, surroundings) : undefined,
    ),
  ]
}

function withPattern(
  pattern: string,
  flags: string,
  { budget }: Surroundings,
  work: (pattern: Pattern) => FeelValue,
  what = '',
): FeelValue {
  budget.spend(stepsOfPattern)
  try {
    return work(patternOf(pattern, flags, budget))
  } catch (error) {
    if (error instanceof InvalidPattern) return new FeelError(`Invalid pattern ${what}'${pattern}'`)
    throw error
  }
}

/** Whatever it matches. */
const stepsOfPattern = 15

function replaced(input: string, pattern: Pattern, replacement: string, { budget }: Surroundings): string {
  const made: string[] = []
  let [end, length] = [0, 0]
  for (const match of matchesOf(pattern, input, budget)) {
    const put = replacementOf(replacement, pattern, match)
    made.push(input.slice(end, match.start), put)
    end = match.end
    length += put.length
    budget.spendText(length)
  }
  return made.join('') + input.slice(end)
}

/** An empty match at the beginning parts nothing. */
function parts(string: string, delimiter: Pattern, { budget }: Surroundings): FeelValue {
  const found: string[] = []
  let start = 0
  for (const match of matchesOf(delimiter, string, budget)) {
    if (match.end === 0) continue
    found.push(string.slice(start, match.start))
    start = match.end
  }
  return [...found, string.slice(start)]
}
