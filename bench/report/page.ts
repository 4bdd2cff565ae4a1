import { formatRun } from './format.ts'
import type { Run } from './run.ts'

/** Which of the page's tables: those of all rows, that of the soak, or those of the engine. */
export type Part = 'bench' | 'soak' | 'engine'

/** The page with the run between its markers. Throws where a marker is missing. */
export function withRun(page: string, part: Part, run: Run): string {
  const { before, after } = split(page, part)
  return `${before}${begin(part)}\n\n${formatPart(part, run)}\n\n${end(part)}${after}`
}

/** What stands between the markers for a run; for none, that there is none. */
export function formatPart(part: Part, run: Run | undefined): string {
  if (!run) return 'Not measured yet.'
  return part === 'bench' ? `${image}\n\n${formatRun(run)}` : formatRun(run)
}

const image = '![Commits a second by records in the table](performance.svg)'

/** What the page shows between its markers. */
export function shownRun(page: string, part: Part): string {
  return split(page, part).shown
}

function split(page: string, part: Part): { before: string; shown: string; after: string } {
  const from = page.indexOf(begin(part))
  const to = page.indexOf(end(part))
  if (from < 0 || to < from)
    throw new Error(`the page needs the lines '${begin(part)}' and '${end(part)}', in that order`)
  const shown = page.slice(from + begin(part).length, to).trim()
  return { before: page.slice(0, from), shown, after: page.slice(to + end(part).length) }
}

function begin(part: Part): string {
  return `<!-- begin ${part}: written by npm run bench -->`
}

function end(part: Part): string {
  return `<!-- end ${part} -->`
}
