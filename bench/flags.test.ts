import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { readFlags, usage } from './flags.ts'
import { rows } from './rows.ts'

const names = rows.map(({ name }) => name)

test('a whole run is kept where the docs look for it, a part of one elsewhere', () => {
  assert.equal(readFlags([], names).json, 'bench/results/latest.json')
  assert.equal(readFlags(['--soak'], names).json, 'bench/results/soak.json')
  assert.equal(readFlags(['engine'], names).json, 'bench/results/engine.json')
  for (const part of [
    ['--quick'],
    ['--only', 'commits'],
    ['--soak', '--minutes', '1'],
    ['engine', '--quick'],
    ['engine', 'reads'],
  ]) {
    assert.equal(readFlags(part, names).json, '.commitbase/bench.json')
  }
  assert.equal(readFlags(['--quick', '--json', 'here.json'], names).json, 'here.json')
})

test('a row is named with --only or without, and a name stands for the rows that go on from it', () => {
  assert.deepEqual(readFlags(['engine'], names).only, ['engine', 'engine-waiting'])
  assert.deepEqual(readFlags(['--only', 'engine-waiting', 'reads'], names).only, ['engine-waiting', 'reads'])
  assert.throws(() => readFlags(['engines'], names), /no row 'engines'/)
})

test('what it does not know is refused, with what there is', () => {
  assert.throws(() => readFlags(['--only', 'nothing'], names), /no row 'nothing'; there are commits, /)
  assert.throws(() => readFlags(['--fast'], names), /--fast/)
  for (const minutes of ['0', 'many', '99999'])
    assert.throws(() => readFlags(['--minutes', minutes], names), /--minutes/)
})

test('--docs goes with a whole run only, of all rows, the soak or the engine', () => {
  assert.throws(() => readFlags(['--docs', '--quick'], names), /whole run/)
  assert.throws(() => readFlags(['--docs', 'reads'], names), /whole run/)
  assert.equal(readFlags(['--docs'], names).part, 'bench')
  assert.equal(readFlags(['--docs', '--soak'], names).part, 'soak')
  assert.equal(readFlags(['--docs', 'engine'], names).part, 'engine')
})

test('--help tells each option that is read, and npm run bench runs it', async () => {
  const source = await readFile(new URL('./flags.ts', import.meta.url), 'utf8')
  const options = [...source.matchAll(/^ {2}(\w+): \{ type:/gm)].map(([, name]) => name)
  assert.ok(options.length >= 7)
  for (const name of options) assert.ok(usage.includes(`--${name}`), name)
  const { scripts } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
  assert.equal(scripts.bench, 'node bench/run.ts')
})
