import { parseArgs } from 'node:util'
import { connect } from '../src/zeebe/connect.ts'
import { compare } from './compareEngines/compare.ts'
import { broken, play } from './compareEngines/player.ts'
import { scenarios } from './compareEngines/scenarios.ts'

const usage = `node scripts/compareEngines.ts <address> <address> [--only <words of a scenario's name>] [--all]

Plays scenarios on two engines that speak the Zeebe gateway protocol, through zeebe-node, and prints where what a
client sees differs: lines of the first with '-', of the second with '+'. Keys are numbered as they appear; times are
left out. --all prints what is equal too. Exit status 1: something differs.`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', default: '' },
    all: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const [first, second] = positionals
if (values.help || first === undefined || second === undefined) {
  console.log(usage)
  process.exitCode = values.help ? 0 : 1
} else {
  process.exitCode = (await run(first, second)) ? 0 : 1
}

/** Whether the engines were alike. */
async function run(first: string, second: string): Promise<boolean> {
  const engines = [first, second].map((address) => connect({ address, plaintext: true }))
  const mark = Date.now().toString(36)
  let alike = true
  for (const [name, scenario] of Object.entries(scenarios)) {
    if (!name.includes(values.only)) continue
    const [left, right] = await Promise.all(engines.map((engine, index) => play(engine, `${mark}${index}`, scenario)))
    const lines = compare(left!, right!)
    const differs = lines.some((line) => !line.startsWith(' ') || line.includes(broken))
    console.log(`${differs ? 'differs' : 'alike  '}  ${name}`)
    for (const line of differs || values.all ? lines : []) console.log(`    ${line}`)
    alike &&= !differs
  }
  await Promise.all(engines.map((engine) => engine.close()))
  return alike
}
