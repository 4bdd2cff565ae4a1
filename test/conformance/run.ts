import { parseArgs } from 'node:util'
import { messageOf } from '../../src/errors.ts'
import { check } from './check.ts'
import { openOurs } from './ours.ts'
import { findPlanted } from './plantedRuns.ts'
import { play, type Seen } from './play.ts'
import { walk } from './random/walk.ts'
import type { Scenario } from './scenario.ts'
import { scenarios } from './scenarios/table.ts'

const usage = `npm run conformance [-- options]

Plays the scenarios of test/conformance/scenarios on the embedded engine, and holds what clients are answered and what the stream of records
tells against what each asks for. Exit status 1: something differs.

  --only <words>   only scenarios whose element or name contains the words
  --random <n>     walks through so many random processes instead; each is made of nested blocks and has to live as they say
  --seed <n>       the first one's (default 1)
  --planted        breaks one rule of the engine after the other in a copy of the sources, and sees that scenarios find each
  --show           prints what was seen, line by line
  --stop           ends at the first that differs
  --help           this text`

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    show: { type: 'boolean', default: false },
    random: { type: 'string' },
    seed: { type: 'string', default: '1' },
    planted: { type: 'boolean', default: false },
    stop: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
})

if (flags.help) console.log(usage)
else process.exitCode = (await work()) ? 0 : 1

/** Whether all was as it has to be. */
function work(): Promise<boolean> {
  if (flags.planted) return findPlanted(flags.only)
  return flags.random === undefined ? run() : walkAll(Number(flags.random), Number(flags.seed))
}

async function run(): Promise<boolean> {
  let [played, differing] = [0, 0]
  for (const [element, group] of Object.entries(scenarios)) {
    for (const [name, scenario] of Object.entries(group)) {
      const title = `${element}: ${name}`
      if (!title.includes(flags.only)) continue
      const findings = await playOne(title, scenario)
      played += 1
      if (findings.length > 0) differing += 1
      if (findings.length > 0 || flags.show) console.log(`${findings.length > 0 ? 'differs' : 'equal  '}  ${title}`)
      for (const finding of findings) console.log(`    ${finding.replaceAll('\n', '\n    ')}`)
      if (flags.stop && differing > 0) return false
    }
  }
  console.log(`${played} scenarios played, ${played - differing} as they have to be, ${differing} differ`)
  return differing === 0
}

async function playOne(title: string, scenario: Scenario): Promise<string[]> {
  const target = await openOurs()
  try {
    const seen = await play(target, scenario)
    if (flags.show) show(title, seen)
    return check(scenario, seen)
  } catch (error) {
    return [`it could not be played to its end: ${messageOf(error)}`]
  } finally {
    await target.close()
  }
}

function show(title: string, { records, answers }: Seen): void {
  console.log(`\n=== ${title}`)
  for (const line of answers) console.log(`  < ${line}`)
  for (const line of records) console.log(`    ${line}`)
}

async function walkAll(count: number, first: number): Promise<boolean> {
  let wrong = 0
  for (let seed = first; seed < first + count; seed += 1) {
    const finding = await walk(seed)
    if (finding === undefined) continue
    wrong += 1
    console.log(
      `differs  seed ${seed}: ${finding.tree}\n    ${finding.what.join('\n    ')}\n${flags.show ? finding.model : ''}`,
    )
    if (flags.stop) break
  }
  console.log(`${count} random processes from seed ${first} on, ${wrong} did not live as their blocks say`)
  return wrong === 0
}
