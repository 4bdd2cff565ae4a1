import { type Cell, type Figure, isFigure, type Result } from './cell.ts'

/** A row's result as a Markdown table; reasons for what is missing stand below it, by number. */
export function formatTable({ columns, lines }: Result): string {
  const reasons: string[] = []
  const body = lines.map(({ who, cells }) => [who, ...cells.map((cell) => formatCell(cell, reasons))])
  const rows = [['', ...columns], ...body]
  const widths = rows[0]!.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)))
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  const [head, ...rest] = rows.map((row) => rowText(row, widths))
  const notes = reasons.map((reason, index) => `(${index + 1}) ${reason}`)
  return [
    head,
    `| ${rule.join(' | ')} |`,
    ...rest,
    ...(notes.length > 0 ? ['', ...notes.join('  \n').split('\n')] : []),
  ].join('\n')
}

function rowText(row: readonly string[], widths: readonly number[]): string {
  const cells = widths.map((width, column) =>
    column === 0 ? row[column]!.padEnd(width) : (row[column] ?? '').padStart(width),
  )
  return `| ${cells.join(' | ')} |`
}

function formatCell(cell: Cell, reasons: string[]): string {
  if (isFigure(cell)) return formatFigure(cell)
  if ('text' in cell) return cell.text
  if (!reasons.includes(cell.reason)) reasons.push(cell.reason)
  return `– (${reasons.indexOf(cell.reason) + 1})`
}

/** `17.3 ms`, `21,400/s`; who measured few says how many. */
export function formatFigure({ value, unit, count }: Figure): string {
  const number = formatNumber(value)
  const text = unit.endsWith('/s') ? `${number}/s` : `${number} ${unit}`
  return count !== undefined && count < few ? `${text} (n=${count})` : text
}

/** Below so many a figure says how many it was measured on. */
const few = 1_000

/** Three digits that mean something. */
function formatNumber(value: number): string {
  const digits = value === 0 ? 0 : Math.min(3, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))))
  return value.toLocaleString('en', { maximumFractionDigits: digits })
}
