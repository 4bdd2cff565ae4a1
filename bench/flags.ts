import { parseArgs } from 'node:util'
import type { Part } from './report/page.ts'

export interface Flags {
  readonly quick: boolean
  readonly help: boolean
  readonly soak: boolean
  readonly minutes: number
  /** Names of rows; where it is empty, all but those that are measured by name only. */
  readonly only: readonly string[]
  /** Which table of docs/PERFORMANCE.md the run fills; nothing where it fills none. */
  readonly part: Part | undefined
  /** Where the JSON goes. */
  readonly json: string
  /** Whether docs/PERFORMANCE.md and its plot are written too. */
  readonly docs: boolean
  /** `host:port` of the gateway of a Zeebe that somebody started, to be measured beside the engine. */
  readonly zeebe?: string
}

export const usage = `npm run bench -- [options] [row...]

  --quick          a part of it, in about a minute
  --only <row>     one row, or several: --only commits --only latency; or their names alone. 'engine' means 'engine-waiting', too
  --soak           the soak alone: 500 writes a second for 30 minutes
  --minutes <n>    the soak's minutes (30)
  --zeebe <host:port>  a Zeebe that you started, the address of its gateway: the row 'engine' measures it, too
  --json <file>    where the JSON goes (a whole run: bench/results/latest.json; the soak and the engine: beside it)
  --docs           writes the tables and the plot into docs/, too: for a whole run, the soak or the engine, on a quiet machine
  --help           this

rows:
`

/** Reads the command line. Throws with the reason for what it does not know. */
export function readFlags(args: readonly string[], rows: readonly string[]): Flags {
  const { values, positionals } = parseArgs({ args: [...args], options, strict: true, allowPositionals: true })
  const minutes = Number(values.minutes)
  if (!(minutes > 0 && minutes <= 1_440))
    throw new Error(`--minutes takes a number up to 1440; got '${values.minutes}'`)
  const named = values.soak ? ['soak'] : [...values.only, ...positionals]
  const unknown = named.find((name) => !rows.includes(name))
  if (unknown !== undefined) throw new Error(`there is no row '${unknown}'; there are ${rows.join(', ')}`)
  const isShort = values.quick || (values.soak && minutes < 30)
  const part = isShort ? undefined : partOf(named)
  if (values.docs && part === undefined)
    throw new Error("--docs goes with a whole run, the soak or 'engine': leave out --quick, --only and --minutes")
  const only = rows.filter((row) => named.some((name) => row === name || row.startsWith(`${name}-`)))
  return { ...values, minutes, only, part, json: values.json ?? (part ? fileOf[part] : partialFile) }
}

/** The table of docs/PERFORMANCE.md that such a run fills whole. */
function partOf(named: readonly string[]): Part | undefined {
  const [name = 'bench', ...others] = named
  return others.length === 0 && isPart(name) ? name : undefined
}

function isPart(name: string): name is Part {
  return Object.hasOwn(fileOf, name)
}

/** Where a run goes that is not whole: a part of a run never takes the place of a whole one. */
export const partialFile = '.commitbase/bench.json'

const fileOf: Readonly<Record<Part, string>> = {
  bench: 'bench/results/latest.json',
  soak: 'bench/results/soak.json',
  engine: 'bench/results/engine.json',
}

const options = {
  quick: { type: 'boolean', default: false },
  only: { type: 'string', multiple: true, default: [] as string[] },
  soak: { type: 'boolean', default: false },
  minutes: { type: 'string', default: '30' },
  json: { type: 'string' },
  docs: { type: 'boolean', default: false },
  zeebe: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const
