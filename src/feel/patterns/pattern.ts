import type { Budget } from '../budget.ts'
import { Matcher, sizeAt } from './matcher.ts'
import { type Compiled, compile } from './program.ts'
import { readPattern } from './read.ts'
import { InvalidPattern } from './syntax.ts'

/** A pattern of Java's (java.util.regex.Pattern). */
export interface Pattern {
  readonly compiled: Compiled
  readonly names: ReadonlyMap<string, number>
}

/** What it matched. Groups that took no part are undefined; the first is the whole. */
export interface Match {
  readonly start: number
  readonly end: number
  readonly groups: readonly (string | undefined)[]
}

/** `flags` of `s`, `m`, `i` and `x`; others are none. Throws InvalidPattern, OverBudget. */
export function patternOf(pattern: string, flags: string, budget: Budget): Pattern {
  const key = `${flags}/${pattern}`
  budget.spendOnce(key, pattern.length)
  const known = patterns.get(key)
  if (known !== undefined) return known
  const syntax = readPattern(pattern, [...flags].filter((flag) => 'imsx'.includes(flag)).join(''))
  const made = { compiled: compile(syntax), names: syntax.names }
  if (patterns.size >= mostPatterns) patterns.clear()
  patterns.set(key, made)
  return made
}

const patterns = new Map<string, Pattern>()
const mostPatterns = 200

/** Whether it is there. Throws OverBudget. */
export function isFound(pattern: Pattern, input: string, budget: Budget): boolean {
  return new Matcher(pattern.compiled, input, budget).find(0) !== undefined
}

/** All of them, one after the other. Throws OverBudget. */
export function* matchesOf({ compiled }: Pattern, input: string, budget: Budget): Generator<Match> {
  const matcher = new Matcher(compiled, input, budget)
  for (let [from, last] = [0, 0]; from <= input.length; ) {
    const ends = matcher.find(from, last)
    if (ends === undefined) return
    const [start, end] = [ends[0]!, ends[1]!]
    budget.spend(8)
    yield { start, end, groups: groupsOf(ends, compiled.groups, input) }
    // what took nothing is not found at its place again
    from = start < end ? end : end + sizeAt(input, end)
    last = end
  }
}

function groupsOf(ends: readonly number[], groups: number, input: string): (string | undefined)[] {
  return Array.from({ length: groups + 1 }, (_, group) =>
    ends[2 * group]! < 0 ? undefined : input.slice(ends[2 * group]!, ends[2 * group + 1]!),
  )
}

/** `$1` and `${name}` are what groups matched, and a backslash takes the meaning from what follows it. Throws InvalidPattern. */
export function replacementOf(replacement: string, { names }: Pattern, { groups }: Match): string {
  return replacement.replace(
    /\\([\s\S]?)|\$(?:\{(\w+)\}|(\d+))?/g,
    (all, literal?: string, name?: string, digits?: string) => {
      if (literal) return literal
      if (name !== undefined && names.has(name)) return groups[names.get(name)!] ?? ''
      // as many digits as there are groups for
      for (let length = digits?.length ?? 0; length > 0; length--) {
        const group = Number(digits!.slice(0, length))
        if (group < groups.length) return (groups[group] ?? '') + digits!.slice(length)
      }
      throw new InvalidPattern(all)
    },
  )
}
