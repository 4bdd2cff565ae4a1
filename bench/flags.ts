import { parseArgs } from 'node:util'

export interface Flags {
  readonly quick: boolean
  readonly help: boolean
  readonly soak: boolean
  readonly minutes: number
  /** Names of rows; where it is empty, all but those that are measured by name only. */
  readonly only: readonly string[]
  /** Where the JSON goes. */
  readonly json: string
  /** Whether docs/PERFORMANCE.md and its plot are written too. */
  readonly docs: boolean
}

export const usage = `npm run bench -- [options]

  --quick          a part of it, in about a minute
  --only <row>     one row, or several: --only commits --only latency
  --soak           the soak alone: 500 writes a second for 30 minutes
  --minutes <n>    the soak's minutes (30)
  --json <file>    where the JSON goes (a whole run: bench/results/latest.json; the soak: bench/results/soak.json)
  --docs           writes the tables and the plot into docs/, too: for a whole run, or the soak, on a quiet machine
  --help           this

rows:
`

/** Reads the command line. Throws with the reason for what it does not know. */
export function readFlags(args: readonly string[], rows: readonly string[]): Flags {
  const { values } = parseArgs({ args: [...args], options, strict: true, allowPositionals: false })
  const minutes = Number(values.minutes)
  if (!(minutes > 0 && minutes <= 1_440))
    throw new Error(`--minutes takes a number up to 1440; got '${values.minutes}'`)
  const unknown = values.only.find((name) => !rows.includes(name))
  if (unknown !== undefined) throw new Error(`there is no row '${unknown}'; there are ${rows.join(', ')}`)
  const isPart = values.quick || values.only.length > 0 || (values.soak && minutes < 30)
  if (values.docs && isPart) throw new Error('--docs goes with a whole run: leave out --quick, --only and --minutes')
  return {
    ...values,
    minutes,
    only: values.soak ? ['soak'] : values.only,
    json: values.json ?? file(isPart, values.soak),
  }
}

/** Where a run goes that is not whole. */
export const partialFile = '.commitbase/bench.json'

/** A part of a run never takes the place of a whole one. */
function file(isPart: boolean, soak: boolean): string {
  if (isPart) return partialFile
  return soak ? 'bench/results/soak.json' : 'bench/results/latest.json'
}

const options = {
  quick: { type: 'boolean', default: false },
  only: { type: 'string', multiple: true, default: [] as string[] },
  soak: { type: 'boolean', default: false },
  minutes: { type: 'string', default: '30' },
  json: { type: 'string' },
  docs: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const
