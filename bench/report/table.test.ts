import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Result } from './cell.ts'
import { formatFigure, formatTable } from './table.ts'

const result: Result = {
  name: 'commits',
  title: 'Commits',
  text: '',
  columns: ['1k', '1M'],
  lines: [
    {
      who: 'ours',
      cells: [
        { value: 21_387.4, unit: 'commits/s', count: 40_000 },
        { value: 0.42, unit: 'ms' },
      ],
    },
    { who: 'other', cells: [{ value: 1.4, unit: 'commits/s', count: 5 }, { reason: 'too slow' }] },
    { who: 'third', cells: [{ reason: 'not installed' }, { reason: 'too slow' }] },
    { who: 'to reach', cells: [{ text: '≥ 20,000/s' }, { text: '' }] },
  ],
  seconds: 1,
}

test('a table lines up, says n where it is small, and names each reason once', () => {
  assert.equal(
    formatTable(result),
    [
      '|          |          1k |      1M |',
      '| -------- | ----------: | ------: |',
      '| ours     |    21,387/s | 0.42 ms |',
      '| other    | 1.4/s (n=5) |   – (1) |',
      '| third    |       – (2) |   – (1) |',
      '| to reach |  ≥ 20,000/s |         |',
      '',
      '(1) too slow  ',
      '(2) not installed',
    ].join('\n'),
  )
})

test('a figure has three digits that mean something', () => {
  const shown = [0, 0.04237, 1.2345, 12.345, 123.45, 1_234.5].map((value) => formatFigure({ value, unit: 'ms' }))
  assert.deepEqual(shown, ['0 ms', '0.042 ms', '1.23 ms', '12.3 ms', '123 ms', '1,235 ms'])
})
