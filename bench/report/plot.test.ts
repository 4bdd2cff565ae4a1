import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Line } from './cell.ts'
import { plot } from './plot.ts'
import type { Run } from './run.ts'

test('faster is higher, and who has no figure has no curve', () => {
  const svg = plot(
    runOf([line('ours', 20_000, 15_000), line('slow & <old>', 2), { who: 'absent', cells: [{ reason: 'x' }] }]),
  )
  const [fast, slow] = heights(svg)
  assert.ok(fast! < slow!, 'y grows downwards in SVG')
  assert.ok(svg.includes('slow &amp; &lt;old&gt;'))
  assert.ok(!svg.includes('absent'))
})

test('ten times as much is as far anywhere: both axes are logarithmic', () => {
  const [one, ten, hundred] = heights(plot(runOf([line('a', 1), line('b', 10), line('c', 100)])))
  assert.ok(Math.abs(one! - ten! - (ten! - hundred!)) < 0.2)
})

test('it is readable in light and in dark', () => {
  assert.match(plot(runOf([line('ours', 1)])), /prefers-color-scheme: dark/)
})

test('without the commits there is nothing to plot', () => {
  assert.throws(() => plot({ ...runOf([]), results: [] }), /commits/)
})

/** Where the curves begin. */
function heights(svg: string): number[] {
  return [...svg.matchAll(/stroke="#[^"]+" d="M[\d.]+ ([\d.]+)/g)].map(([, height]) => Number(height))
}

function line(who: string, ...values: number[]): Line {
  return { who, cells: values.map((value) => ({ value, unit: 'commits/s' })) }
}

function runOf(lines: readonly Line[]): Run {
  const machine = { cpu: 'c', cores: 2, memory: 'm', disk: 'd', system: 's', node: 'v24', git: 'git' }
  const result = { name: 'commits', title: 'Commits', text: '', columns: ['1k', '1M'], lines, seconds: 1 }
  return { time: '2026-01-01T00:00:00.000Z', flags: [], commit: '0'.repeat(40), machine, results: [result] }
}
