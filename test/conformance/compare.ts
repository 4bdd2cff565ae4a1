import type { Seen } from './play.ts'

/** Where two engines differ in what they showed, as lines: `-` only the first, `+` only the second, two spaces both. Empty where they are equal. */
export function compare(first: Seen, second: Seen): string[] {
  return [
    ...differences('answers', first.answers, second.answers),
    ...differences('records', first.records, second.records),
  ]
}

function differences(what: string, first: readonly string[], second: readonly string[]): string[] {
  const lines = merged(first, second)
  return lines.some((line) => !line.startsWith(' ')) ? [`${what}:`, ...lines] : []
}

/** By the longest common subsequence. */
function merged(first: readonly string[], second: readonly string[]): string[] {
  const lengths = Array.from({ length: first.length + 1 }, () => new Array<number>(second.length + 1).fill(0))
  for (let i = first.length - 1; i >= 0; i -= 1) {
    for (let j = second.length - 1; j >= 0; j -= 1) {
      lengths[i]![j] =
        first[i] === second[j] ? lengths[i + 1]![j + 1]! + 1 : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!)
    }
  }
  const lines: string[] = []
  let [i, j] = [0, 0]
  while (i < first.length || j < second.length) {
    if (i < first.length && j < second.length && first[i] === second[j]) {
      lines.push(`  ${first[i]}`)
      i += 1
      j += 1
    } else if (j >= second.length || (i < first.length && lengths[i + 1]![j]! >= lengths[i]![j + 1]!)) {
      lines.push(`- ${first[i]}`)
      i += 1
    } else {
      lines.push(`+ ${second[j]}`)
      j += 1
    }
  }
  return lines
}
