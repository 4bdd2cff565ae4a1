import { replacePart } from '../reliability/replacePart.ts'
import type { Planted } from './planted.ts'
import type { Many } from './simulateMany.ts'

/** Puts a run's figures into the page, in place of those of the run before. */
export async function showSimulation({ seeds, tally }: Many, run: { from: number; seconds: number }): Promise<void> {
  const rows = Object.entries(tally).map(([what, count]) => `| ${what} | ${count.toLocaleString('en')} |`)
  const lines = [
    `${seeds.toLocaleString('en')} seeds from ${run.from} on, ${Math.round(run.seconds)} s, nothing lost and nothing doubled:`,
    '',
    '| what happened | how often |',
    '| --- | --- |',
    ...rows,
  ]
  await replacePart('simulated', lines)
}

/** One line a bug: how many seeds it took, and what was found. */
export async function showPlanted(
  results: readonly { readonly bug: Planted; readonly seeds: number | undefined; readonly finding: string }[],
): Promise<void> {
  const rows = results.map(({ bug, seeds, finding }) => {
    const kind = finding.slice(0, finding.indexOf(':'))
    return `| ${bug.bug} | ${seeds === undefined ? '**never**' : seeds.toLocaleString('en')} | ${kind} |`
  })
  await replacePart('simulated bugs', ['| bug | found after seeds | as |', '| --- | --- | --- |', ...rows])
}
