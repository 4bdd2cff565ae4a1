import { readFile, writeFile } from 'node:fs/promises'

/** How the scenarios of one element ended. */
export interface Row {
  readonly element: string
  readonly played: number
  readonly differing: readonly string[]
}

export interface Report {
  readonly rows: readonly Row[]
  /** What the scenarios were held against. */
  readonly judge: string
  /** Seeds of random processes that were walked, and those that differ. */
  readonly random?: { readonly count: number; readonly differing: readonly number[] }
}

const path = new URL('../../docs/CONFORMANCE.md', import.meta.url)
const begin = '<!-- begin: written by npm run conformance -- --docs -->'
const end = '<!-- end -->'

/** Puts the table of a run into docs/CONFORMANCE.md, between its marks. */
export async function writeReport(report: Report): Promise<void> {
  const page = await readFile(path, 'utf8')
  const [before, after] = [page.indexOf(begin), page.indexOf(end)]
  if (before < 0 || after < 0)
    throw new Error(`docs/CONFORMANCE.md has no place for the table between '${begin}' and '${end}'`)
  await writeFile(path, `${page.slice(0, before + begin.length)}\n${tableOf(report)}\n${page.slice(after)}`)
}

function tableOf({ rows, judge, random }: Report): string {
  const total = rows.reduce((sum, { played }) => sum + played, 0)
  const differing = rows.reduce((sum, row) => sum + row.differing.length, 0)
  const lines = rows.map(
    (row) =>
      `| ${row.element} | ${row.played} | ${row.played - row.differing.length} | ${row.differing.join('; ') || '–'} |`,
  )
  return [
    `Judge: ${judge}.`,
    '',
    '| element | scenarios | as it has to be | different |',
    '| --- | --- | --- | --- |',
    ...lines,
    `| **all** | **${total}** | **${total - differing}** | **${differing}** |`,
    ...(random === undefined
      ? []
      : [
          '',
          `Random processes: ${random.count} walked, ${random.differing.length} differ${random.differing.length > 0 ? ` (seeds ${random.differing.join(', ')})` : ''}.`,
        ]),
  ].join('\n')
}
