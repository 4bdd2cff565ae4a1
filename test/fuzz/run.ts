/** `npm run fuzz -- --seconds 20 --seed 7 --target feel`: gives bytes that anybody may have made to what reads them. */
import { randomInt } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { readOptions } from '../options.ts'
import { fuzz } from './fuzz.ts'
import { targets } from './targets.ts'

const usage = `Usage: npm run fuzz -- [options]

Gives bytes that anybody may have made to what reads them.

Options:
  --seconds <number>   for each of them (default: 20)
  --seed <number>      makes the bytes that the run made which printed this seed
  --target <name>      one of them, or several: --target feel --target dispatch (default: all)
  --help               this text

Targets: ${Object.keys(targets).join(', ')}`

const values = readOptions({
  seconds: { type: 'string', default: '20' },
  seed: { type: 'string' },
  target: { type: 'string', multiple: true, default: Object.keys(targets) },
  help: { type: 'boolean', default: false },
})
if (values.help) {
  console.log(usage)
  process.exit(0)
}
const seed = values.seed === undefined ? randomInt(2 ** 32) : Number(values.seed)
const unknown = values.target.find((name) => !Object.hasOwn(targets, name))
if (unknown !== undefined || !(Number(values.seconds) >= 0) || !Number.isInteger(seed)) {
  console.error(usage)
  process.exit(1)
}

const waiting = [...values.target]
await Promise.all(Array.from({ length: Math.min(availableParallelism(), waiting.length) }, takeTurns))

async function takeTurns(): Promise<void> {
  for (let target = waiting.shift(); target !== undefined; target = waiting.shift()) {
    const { inputs, defect, kept } = await fuzz({ target, seed, seconds: Number(values.seconds) })
    console.log(`${target}: ${inputs} inputs with seed ${seed}${defect ? ', and a defect' : ', no defect'}`)
    if (defect === undefined) continue
    process.exitCode = 1
    console.error(`${defect}\nits input is kept in ${kept}; again: npm run fuzz -- --target ${target} --seed ${seed}`)
  }
}
