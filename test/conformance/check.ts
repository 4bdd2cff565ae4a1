import type { Seen } from './play.ts'
import type { Scenario } from './scenario.ts'

/** What a scenario asks for and did not show; empty where all is well. */
export function check(scenario: Scenario, seen: Seen): string[] {
  return [
    ...seen.broken,
    ...missing('records', scenario.records, seen.records),
    ...missing('answers', scenario.answers, seen.answers),
    ...(scenario.never ?? []).flatMap((line) =>
      seen.records.some((told) => told.startsWith(line)) ? [`'${line}' came, and must not`] : [],
    ),
  ]
}

/** The first expected line that does not come after those before it. */
function missing(where: string, expected: readonly string[] = [], told: readonly string[]): string[] {
  let at = 0
  for (const line of expected) {
    const found = told.findIndex((one, index) => index >= at && one.startsWith(line))
    if (found < 0)
      return [`'${line}' is not in the ${where}${at > 0 ? ` after '${told[at - 1]}'` : ''}:\n${told.join('\n')}`]
    at = found + 1
  }
  return []
}
