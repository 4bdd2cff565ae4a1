/** Some of all code points: what one place of a pattern takes. `cost` is what asking takes, in steps of a match. */
export interface Characters {
  readonly has: (codePoint: number) => boolean
  readonly cost: number
}

/** How letters of the other case count: not at all, those of ASCII (Java's `i`), or all (its `iu`). */
export type CaseRule = 'exact' | 'ascii' | 'unicode'

export function oneOf(codePoint: number, rule: CaseRule): Characters {
  if (rule === 'exact') return { has: (other) => other === codePoint, cost: 1 }
  return { has: (other) => isSame(codePoint, other, rule), cost: 2 }
}

export function isSame(a: number, b: number, rule: CaseRule): boolean {
  if (a === b || rule === 'exact') return a === b
  if (rule === 'ascii') return otherCase(a) === b
  return folded(a) === folded(b)
}

export function rangeOf(first: number, last: number, rule: CaseRule): Characters {
  return inAnyCase({ has: (codePoint) => first <= codePoint && codePoint <= last, cost: 1 }, rule)
}

/** Those, and where the case does not count, what is one of them in the other case. */
function inAnyCase(characters: Characters, rule: CaseRule): Characters {
  if (rule === 'exact') return characters
  const { has, cost } = characters
  return { has: (codePoint) => has(codePoint) || bothCases(codePoint, rule).some(has), cost: 3 * cost }
}

export function unionOf(parts: readonly Characters[]): Characters {
  if (parts.length === 1) return parts[0]!
  return { has: (codePoint) => parts.some((part) => part.has(codePoint)), cost: costOf(parts) }
}

export function intersectionOf(parts: readonly Characters[]): Characters {
  if (parts.length === 1) return parts[0]!
  return { has: (codePoint) => parts.every((part) => part.has(codePoint)), cost: costOf(parts) }
}

export function allBut({ has, cost }: Characters): Characters {
  return { has: (codePoint) => !has(codePoint), cost }
}

/** The same, with the answers for ASCII looked up. */
export function tabled({ has, cost }: Characters): Characters {
  if (cost === 1) return { has, cost }
  const table = Array.from({ length: 128 }, (_, codePoint) => has(codePoint))
  return { has: (codePoint) => (codePoint < 128 ? table[codePoint]! : has(codePoint)), cost }
}

const costOf = (parts: readonly Characters[]) => parts.reduce((sum, part) => sum + part.cost, 1)

function otherCase(codePoint: number): number {
  const isLetter = (codePoint >= 65 && codePoint <= 90) || (codePoint >= 97 && codePoint <= 122)
  return isLetter ? codePoint ^ 32 : codePoint
}

function bothCases(codePoint: number, rule: CaseRule): number[] {
  if (rule === 'ascii') return [otherCase(codePoint)]
  const character = String.fromCodePoint(codePoint)
  return [character.toUpperCase(), character.toLowerCase(), character.toUpperCase().toLowerCase()].map(
    (other) => other.codePointAt(0)!,
  )
}

function folded(codePoint: number): string {
  return String.fromCodePoint(codePoint).toUpperCase().toLowerCase()
}
