import { CommitbaseError } from '../errors.ts'
import { printable, printableJson } from '../hub/printable.ts'
import type { Engine } from '../zeebe/connect.ts'
import { type Incident, listIncidents } from '../zeebe/listIncidents.ts'
import { resolveIncident } from '../zeebe/resolveIncident.ts'
import { dataFolder, onEngine } from './engineAddress.ts'
import { readFlags } from './flags.ts'

const help = `Usage: commitbase incidents [--json]
       commitbase incidents resolve <key> [--job <key>] [--retries <n>]

Lists the open incidents of the embedded engine (the protocol has no such call: on Camunda 8, Operate lists them), or resolves
one on any engine. The job's retries are raised first: the embedded engine tells which job it is, elsewhere --job names it.

Options:
  --address <host:port>  the engine (default: ZEEBE_ADDRESS, else the one running on --data, else 127.0.0.1:26500)
  --data <folder>        the data folder of 'npm start' (default: ${dataFolder})
  --job <key>            the job behind the incident
  --retries <n>          what the job gets (default: 1)
  --json                 one JSON object a line
  --help                 this text
`

/** Lists or resolves incidents. */
export async function incidents(args: readonly string[]): Promise<number> {
  const { values, positionals } = readFlags(args, options, true)
  if (values.help) return print(help)
  return onEngine(values, async (engine) => {
    const [action, key, ...rest] = positionals
    if (action === undefined) return await list(engine, values.json)
    if (action !== 'resolve' || key === undefined || rest.length > 0) throw misused(positionals)
    if (!/^\d+$/.test(key)) throw new CommitbaseError('invalid', `an incident's key is a number; got '${key}'`)
    await resolveIncident(engine, key, {
      ...(values.job ? { jobKey: values.job } : {}),
      retries: retriesFrom(values.retries),
    })
    return print(`incident ${key} is resolved\n`)
  })
}

const options = {
  address: { type: 'string' },
  data: { type: 'string', default: dataFolder },
  job: { type: 'string' },
  retries: { type: 'string', default: '1' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

async function list(engine: Engine, json: boolean): Promise<number> {
  const found = await listIncidents(engine)
  if (json) return print(found.map((incident) => `${printableJson(incident)}\n`).join(''))
  if (found.length === 0) return print('there is no open incident\n')
  return print(found.map(lineOf).join(''))
}

function lineOf({ key, type, bpmnProcessId, processInstanceKey, elementId, message }: Incident): string {
  return `${printable(`${key}  ${type}  ${bpmnProcessId} ${processInstanceKey}  ${elementId}: ${message}`, { lines: true })}\n`
}

function retriesFrom(text: string): number {
  const retries = Number(text)
  if (Number.isInteger(retries) && retries > 0) return retries
  throw new CommitbaseError('invalid', `--retries must be a whole number from 1 on; got '${text}'`)
}

function misused(positionals: readonly string[]): CommitbaseError {
  return new CommitbaseError(
    'invalid',
    `'incidents ${positionals.join(' ')}' is no call; it is 'incidents' or 'incidents resolve <key>'`,
  )
}

function print(text: string): number {
  process.stdout.write(text)
  return 0
}
