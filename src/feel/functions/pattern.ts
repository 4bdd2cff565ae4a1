import { InvalidPattern, isQuick, matchesOf, patternOf, replacementOf } from '../pattern.ts'
import { FeelError, FeelFunction, type FeelValue, type Surroundings, TakesTime } from '../value.ts'
import { type Builtins, define, text } from './define.ts'

export const patternFunctions: Builtins = {
  matches: withFlags(['input', 'pattern'], ([input, pattern], flags, surroundings) =>
    withPattern(pattern, flags, input, surroundings, (found) => found.test(input)),
  ),
  replace: withFlags(['input', 'pattern', 'replacement'], ([input, pattern, replacement], flags, surroundings) =>
    withPattern(pattern, flags, input, surroundings, (found) => replaced(input, found, replacement, surroundings)),
  ),
  split: [
    define(['string', 'delimiter'], [text, text], (string, delimiter, surroundings) =>
      withPattern(delimiter, '', string, surroundings, (found) => parts(string, found, surroundings), 'for delimiter '),
    ),
  ],
  extract: [
    define(['input', 'pattern'], [text, text], (input, pattern, surroundings) =>
      withPattern(pattern, '', input, surroundings, (found) =>
        matchesOf(found, input, surroundings.budget).map(([match]) => match),
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

/** What may go back and back is matched only where a clock watches it. */
function withPattern(
  pattern: string,
  flags: string,
  input: string,
  { isTimed }: Surroundings,
  work: (pattern: RegExp) => FeelValue,
  what = '',
): FeelValue {
  if (!isTimed && !isQuick(pattern, input)) throw new TakesTime()
  try {
    return work(patternOf(pattern, flags))
  } catch (error) {
    if (error instanceof InvalidPattern) return new FeelError(`Invalid pattern ${what}'${pattern}'`)
    throw error
  }
}

function replaced(input: string, pattern: RegExp, replacement: string, { budget }: Surroundings): string {
  const made: string[] = []
  let [end, length] = [0, 0]
  for (const match of matchesOf(pattern, input, budget)) {
    const put = replacementOf(replacement, match)
    made.push(input.slice(end, match.index), put)
    end = match.index + match[0].length
    length += put.length
    budget.spendText(length)
  }
  return made.join('') + input.slice(end)
}

/** An empty match at the beginning parts nothing. */
function parts(string: string, delimiter: RegExp, { budget }: Surroundings): FeelValue {
  const found: string[] = []
  let start = 0
  for (const match of matchesOf(delimiter, string, budget)) {
    const end = match.index + match[0].length
    if (end === 0) continue
    found.push(string.slice(start, match.index))
    start = end
  }
  return [...found, string.slice(start)]
}
