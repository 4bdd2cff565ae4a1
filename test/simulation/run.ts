/** `npm run simulate`: see `--help`. */

import { readOptions } from '../options.ts'
import { showPlanted, showSimulation } from './page.ts'
import { planOf } from './plan.ts'
import { type Planted, planted } from './planted.ts'
import { isCaught } from './plantedRuns.ts'
import { shrink, simulate, simulatePlan } from './simulate.ts'
import { simulateMany } from './simulateMany.ts'

const help = `Usage: npm run simulate -- [options]

Runs writers, inbox, lease and outbox in one process with a virtual clock. A seed says who does what, what breaks, and in which order all steps happen.

Options:
  --seeds <number>     how many seeds (default: 10000)
  --from <number>      the first of them (default: any)
  --workers <number>   threads (default: 2)
  --seed <number>      runs this one alone, and prints what happened
  --shrink             with --seed: leaves out what the finding does not need
  --until-found        ends with the first seed that shows something
  --planted            plants bugs into copies of the sources, and must see each of them found
  --only <words>       of these bugs, those whose name has the words
  --docs               puts the figures into docs/RELIABILITY.md
  --help               this text
`

const values = readOptions({
  seeds: { type: 'string', default: '10000' },
  from: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 30)) },
  workers: { type: 'string', default: '2' },
  seed: { type: 'string' },
  shrink: { type: 'boolean', default: false },
  'until-found': { type: 'boolean', default: false },
  planted: { type: 'boolean', default: false },
  only: { type: 'string', default: '' },
  docs: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
})

const say = (line: string) => process.stdout.write(`${line}\n`)

if (values.help) say(help)
else if (values.planted) process.exitCode = await plantAll()
else if (values.seed !== undefined) process.exitCode = await replay(Number(values.seed))
else process.exitCode = await runMany()

async function runMany(): Promise<number> {
  const started = performance.now()
  const many = await simulateMany({
    from: Number(values.from),
    seeds: Number(values.seeds),
    workers: Number(values.workers),
    untilFound: values['until-found'],
  })
  const seconds = (performance.now() - started) / 1_000
  say(`${many.seeds} seeds from ${values.from} on, ${seconds.toFixed(0)} s`)
  for (const [what, count] of Object.entries(many.tally)) say(`  ${what}: ${count}`)
  for (const { seed, findings } of many.failed) say(`seed ${seed}:\n${findings.map((each) => `  ${each}`).join('\n')}`)
  say(many.failed.length === 0 ? 'nothing lost, nothing doubled' : `${many.failed.length} seeds show something`)
  if (many.failed.length === 0 && values.docs) await showSimulation(many, { from: Number(values.from), seconds })
  return many.failed.length === 0 ? 0 : 1
}

async function replay(seed: number): Promise<number> {
  const plan = values.shrink ? await shrink(await simulate(seed)) : planOf(seed)
  say(JSON.stringify(plan, null, 2))
  const { findings } = await simulatePlan(plan, say)
  for (const finding of findings) say(`  ${finding}`)
  return findings.length === 0 ? 0 : 1
}

async function plantAll(): Promise<number> {
  const results: { bug: Planted; seeds: number | undefined; finding: string }[] = []
  for (const bug of planted.filter(({ bug }) => bug.includes(values.only))) {
    const result = await isCaught(bug, Number(values.seeds))
    results.push({ bug, ...result })
    say(
      `${result.seeds === undefined ? 'NOT FOUND' : `found after ${result.seeds} seeds`}: ${bug.bug}\n  ${result.finding}`,
    )
  }
  if (values.docs && values.only === '') await showPlanted(results)
  return results.every(({ seeds }) => seeds !== undefined) ? 0 : 1
}
