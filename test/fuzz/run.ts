/** `npm run fuzz -- --seconds 20 --seed 7 --target feel`: gives bytes that anybody may have made to what reads them. */
import { randomInt } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { fuzz } from './fuzz.ts'
import { targets } from './targets.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    seed: { type: 'string' },
    target: { type: 'string', multiple: true, default: Object.keys(targets) },
  },
})
const seed = values.seed === undefined ? randomInt(2 ** 32) : Number(values.seed)
const unknown = values.target.find((name) => !Object.hasOwn(targets, name))
if (unknown !== undefined || !(Number(values.seconds) >= 0) || !Number.isInteger(seed)) {
  console.error(`usage: npm run fuzz -- [--seconds <n>] [--seed <n>] [--target ${Object.keys(targets).join('|')}]`)
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
