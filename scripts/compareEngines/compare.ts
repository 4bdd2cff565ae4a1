/** The longest common lines with a blank before them, those of the left only with '-', of the right only with '+'. */
export function compare(left: readonly string[], right: readonly string[]): string[] {
  const common = commonLengths(left, right)
  const lines: string[] = []
  let [l, r] = [0, 0]
  while (l < left.length || r < right.length) {
    if (l < left.length && r < right.length && left[l] === right[r]) {
      lines.push(`  ${left[l]}`)
      l += 1
      r += 1
    } else if (r >= right.length || (l < left.length && common[l + 1]![r]! >= common[l]![r + 1]!)) {
      lines.push(`- ${left[l]}`)
      l += 1
    } else {
      lines.push(`+ ${right[r]}`)
      r += 1
    }
  }
  return lines
}

/** `[l][r]`: how many lines the rests from l and from r have in common. */
function commonLengths(left: readonly string[], right: readonly string[]): number[][] {
  const lengths = Array.from({ length: left.length + 1 }, () => new Array<number>(right.length + 1).fill(0))
  for (let l = left.length - 1; l >= 0; l -= 1) {
    for (let r = right.length - 1; r >= 0; r -= 1) {
      const equal = left[l] === right[r]
      lengths[l]![r] = equal ? lengths[l + 1]![r + 1]! + 1 : Math.max(lengths[l + 1]![r]!, lengths[l]![r + 1]!)
    }
  }
  return lengths
}
