import { spawn } from 'node:child_process'
import { inChangedSources } from '../planted/plant.ts'
import { plantedDecisions } from './dmn/planted.ts'
import { type PlantedRule, planted } from './planted.ts'

/** Breaks each rule whose words contain `only`; whether scenarios found all of them. */
export async function findPlanted(only: string): Promise<boolean> {
  const chosen = [...planted, ...plantedDecisions].filter(({ rule }) => rule.includes(only))
  const missed: string[] = []
  for (const plant of chosen) {
    const shown = await shownBy(plant)
    console.log(shown === undefined ? `not found  ${plant.rule}` : `found      ${plant.rule}: ${shown}`)
    if (shown === undefined) missed.push(plant.rule)
  }
  console.log(`${chosen.length} rules broken, ${chosen.length - missed.length} found`)
  return missed.length === 0
}

/** The first scenario or test that differs in sources with the bug; undefined where all are as they have to be. */
function shownBy(plant: PlantedRule): Promise<string | undefined> {
  return inChangedSources(plant, async (folder) => {
    if (plant.shownBy.endsWith('.test.ts')) {
      const lines = await outputOf(folder, ['--test', '--test-reporter=tap', plant.shownBy])
      return /^not ok \d+ - (.*)$/m.exec(lines)?.[1]
    }
    const lines = await outputOf(folder, ['test/conformance/run.ts', '--stop', '--only', plant.shownBy])
    return /^differs {2}(.*)$/m.exec(lines)?.[1]
  })
}

function outputOf(folder: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    child.once('error', reject)
    child.once('close', () => resolve(output))
  })
}
