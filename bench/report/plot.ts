import { isFigure, type Line, type Result } from './cell.ts'
import type { Run } from './run.ts'

/** The plot of commits a second by the table's size, both logarithmic, as SVG (1.1); its colours follow the reader's light or dark scheme. */
export function plot({ results, machine }: Run): string {
  const result = results.find(({ name }) => name === 'commits')
  if (!result) throw new Error("the plot shows the row 'commits', and this run has none")
  const curves = result.lines.filter(({ cells }) => cells.some(isFigure))
  const parts = [
    ...ticks(result),
    ...curves.flatMap((line, index) => curve(line, index, result)),
    text(left, 24, 'title', 'Commits a second by records in the table, one record each'),
    text(left, height - 10, 'note', `${machine.cpu}, ${machine.cores} cores; ${machine.git}; Node.js ${machine.node}`),
  ]
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="Commits a second by records in the table">\n${style}\n${parts.join('\n')}\n</svg>\n`
}

const width = 860
const height = 440
const left = 64
const right = 590
const top = 44
const bottom = 380
/** Commits a second at the bottom and at the top. */
const least = 0.1
const most = 100_000

/** Colours apart in lightness, too (Okabe and Ito's palette, which the colour-blind can tell apart), readable on white and on black. */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#b8860b', '#3a9bd9', '#808080']

const style = `<style>
text { font: 13px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600; font-size: 15px }
.note { font-size: 11px }
.grid { stroke: #8888; stroke-width: 1; stroke-dasharray: 2 4 }
path { fill: none; stroke-width: 2 }
.ours { stroke-width: 3.5 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } }
</style>`

function ticks({ columns }: Result): string[] {
  const values = Array.from({ length: Math.log10(most / least) + 1 }, (_, power) => least * 10 ** power)
  const across = values.flatMap((value) => [
    `<path class="grid" d="M${left} ${y(value)}H${right}"/>`,
    text(left - 8, y(value) + 4, '', value.toLocaleString('en'), 'end'),
  ])
  return [
    ...across,
    ...columns.map((column, index) => text(x(index, columns.length), bottom + 22, '', column, 'middle')),
  ]
}

function curve({ who, cells }: Line, index: number, { columns }: Result): string[] {
  const colour = colours[index % colours.length]
  const points = cells.flatMap((cell, place) => (isFigure(cell) ? [[x(place, columns.length), y(cell.value)]] : []))
  const path = points.map(([across, down], place) => `${place === 0 ? 'M' : 'L'}${across} ${down}`).join('')
  const labelled = top + 14 + index * 24
  return [
    `<path class="${index === 0 ? 'ours' : ''}" stroke="${colour}" d="${path}"/>`,
    ...points.map(([across, down]) => `<circle cx="${across}" cy="${down}" r="3.5" fill="${colour}"/>`),
    `<circle cx="${right + 24}" cy="${labelled - 4}" r="5" fill="${colour}"/>`,
    text(right + 36, labelled, '', who),
  ]
}

function x(index: number, count: number): number {
  const room = right - left - 60
  return Math.round(left + 30 + (count > 1 ? (room * index) / (count - 1) : room / 2))
}

function y(value: number): number {
  const share = Math.log10(Math.max(value, least) / least) / Math.log10(most / least)
  return Math.round((bottom - share * (bottom - top)) * 10) / 10
}

function text(across: number, down: number, name: string, words: string, anchor = 'start'): string {
  return `<text x="${across}" y="${down}"${name && ` class="${name}"`} text-anchor="${anchor}">${escapeXml(words)}</text>`
}

function escapeXml(words: string): string {
  return words.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}
