/** `npm run chaos`: see `--help`. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Step } from '../../src/step.ts'
import { readOptions } from '../options.ts'
import { type ChaosReport, runChaos } from './chaos.ts'
import { runOverload } from './overload.ts'
import { showChaos, showOverload, showPlanted } from './page.ts'
import { isCaught } from './plant.ts'
import { type Planted, planted } from './planted.ts'
import { allSteps } from './steps.ts'

const help = `Usage: npm run chaos -- [options]

Breaks a hub, its engine and the Action while they are at work, again and again, and then looks at what is left of what was acknowledged.

Options:
  --writes <number>    ends when so many writes were acknowledged, and each step was come to (default: 10000)
  --seconds <number>   ends after so many seconds instead
  --seed <number>      breaks as the run did that printed this seed
  --rounds <number>    starts and ends a hub so many times at most
  --steps <names>      ends processes at these steps alone, with commas between them
  --planted            plants bugs into copies of the sources, and must see each of them found
  --only <words>       of these bugs, those whose name has the words
  --overload           asks a hub for much more than it can do instead (default: for 60 seconds)
  --docs               puts the figures into docs/RELIABILITY.md
  --help               this text
`

const values = readOptions({
  writes: { type: 'string', default: '10000' },
  seconds: { type: 'string', default: 'Infinity' },
  rounds: { type: 'string', default: 'Infinity' },
  seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
  steps: { type: 'string', default: '' },
  patience: { type: 'string', default: '60000' },
  planted: { type: 'boolean', default: false },
  only: { type: 'string', default: '' },
  overload: { type: 'boolean', default: false },
  docs: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
})

/** A bug that is not found with so many is not found. */
const mostSeeds = 4

if (values.help) process.stdout.write(help)
else if (values.planted) process.exitCode = await plantAll()
else process.exitCode = values.overload ? await overload() : await breakAll()

async function breakAll(): Promise<number> {
  const { seed, seconds, rounds, writes, steps, patience } = values
  const folder = await mkdtemp(join(tmpdir(), 'commitbase-chaos-'))
  process.stdout.write(`seed ${seed}, in ${folder}\n`)
  const report = await runChaos({
    folder,
    seed: Number(seed),
    writes: seconds === 'Infinity' && rounds === 'Infinity' ? Number(writes) : Number.POSITIVE_INFINITY,
    seconds: Number(seconds),
    rounds: Number(rounds),
    patience: Number(patience),
    ...(steps === '' ? {} : { steps: steps.split(',') as Step[] }),
    tell: (line) => process.stdout.write(`${line}\n`),
  })
  process.stdout.write(`${wordsOf(report).join('\n')}\n`)
  if (report.findings.length > 0) {
    process.stdout.write(`what is left: ${folder}\n`)
    return 1
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  if (values.docs) await showChaos(report)
  return 0
}

async function overload(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'commitbase-overload-'))
  const report = await runOverload(folder, values.seconds === 'Infinity' ? 60 : Number(values.seconds))
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  if (values.docs && report.findings.length === 0) await showOverload(report)
  return report.findings.length === 0 ? 0 : 1
}

/** Each bug has a few seeds to be found with: where a process ends is a matter of luck, too. */
async function plantAll(): Promise<number> {
  const results: { bug: Planted; caught: boolean }[] = []
  for (const bug of planted.filter(({ bug }) => bug.includes(values.only))) {
    let found = await isCaught(bug, 1)
    for (let seed = 2; !found.caught && seed <= mostSeeds && bug.by !== 'power cut'; seed++)
      found = await isCaught(bug, seed)
    results.push({ bug, caught: found.caught })
    process.stdout.write(`${found.caught ? 'found' : 'NOT FOUND'}: ${bug.bug}\n`)
    if (!found.caught) process.stdout.write(`${found.words.slice(-3_000)}\n`)
  }
  if (values.docs && values.only === '') await showPlanted(results)
  return results.every(({ caught }) => caught) ? 0 : 1
}

function wordsOf({ findings, reached, ...report }: ChaosReport): string[] {
  const missing = allSteps.filter((step) => !reached.has(step))
  const ends = [...reached.values()].reduce((sum, count) => sum + count, 0)
  return [
    `seed ${report.seed}: ${report.acknowledged} acknowledged writes (${report.byAction} by the Action), ${report.walks} walks, ${report.seconds.toFixed(0)} s`,
    `${ends} ends at ${reached.size} of ${allSteps.length} steps, ${report.random} at some moment, ${report.stops} stops`,
    ...(missing.length > 0 && values.steps === '' ? [`not come to: ${missing.join(', ')}`] : []),
    findings.length === 0 ? 'nothing lost, nothing doubled' : `${findings.length} findings:`,
    ...findings.slice(0, 50).map((finding) => `  ${finding}`),
  ]
}
