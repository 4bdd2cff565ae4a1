import { printable, printableJson } from '../hub/printable.ts'
import { parseMap } from '../zeebe/httpWorker/originMap.ts'
import { parseAllow } from '../zeebe/httpWorker/reach.ts'
import { secretsFrom } from '../zeebe/httpWorker/secretSource.ts'
import { type HttpWorkerLog, startHttpWorker } from '../zeebe/httpWorker/start.ts'
import { topology } from '../zeebe/topology.ts'
import { dataFolder, onEngine } from './engineAddress.ts'
import { readFlags } from './flags.ts'
import { whenAskedToStop } from './whenAskedToStop.ts'

const help = `Usage: commitbase worker [options]

The HTTP worker, beside any Camunda 8 or the embedded engine: takes jobs of the types CAMUNDA-HTTP, http and io.camunda:http-json:1,
puts secrets into their requests, and makes them. No secret ever reaches the engine.

Options:
  --address <host:port>  the engine (default: ZEEBE_ADDRESS and Camunda's client variables, else the one running on --data)
  --data <folder>        the data folder of 'npm start' (default: ${dataFolder})
  --map <url>=<url>      sends what asks for the first to the second, such as https://api.github.com=http://127.0.0.1:4180; may be repeated
  --allow <host>         a host or network that is not public and may be asked all the same, such as 10.0.0.0/8; may be repeated
  --json                 logs one JSON object a line
  --help                 this text

Secrets:
  ZEEBE_ENV_<name>, SECRET_<name>   the secret {{<name>}} or {{secrets.<name>}}
  SECRET_HOSTS                      where they may go: 'Name=host,host;Other=host' (GitHubToken: api.github.com and what it is mapped to)
  SECRETS_FILE                      a JSON file {"Name": {"value": "…", "hosts": ["…"]}}
  ENV_VARS_URL                      an address that answers [{"key", "value"}], read again every ENV_VARS_RELOAD_RATE milliseconds (15000)
`

/** Runs the HTTP worker until it is asked to stop. */
export async function worker(args: readonly string[]): Promise<number> {
  const { values } = readFlags(args, options)
  if (values.help) {
    process.stdout.write(help)
    return 0
  }
  const map = parseMap(values.map)
  const secrets = secretsFrom({ env: process.env, map })
  await secrets.read()
  return onEngine(values, async (engine) => {
    const { gatewayVersion } = await topology(engine)
    const log = values.json ? logJson : logText
    log({ level: 'info', message: `taking jobs from ${engine.address} (Zeebe ${gatewayVersion})` })
    const allow = [...values.allow, ...parseAllow(process.env.ALLOW_HOSTS)]
    const running = startHttpWorker({ engine, secrets, map, allow, log: (_message, entry) => log(entry) })
    await whenAskedToStop()
    await running.stop()
    return 0
  })
}

const options = {
  address: { type: 'string' },
  data: { type: 'string', default: dataFolder },
  map: { type: 'string', multiple: true, default: [] as string[] },
  allow: { type: 'string', multiple: true, default: [] as string[] },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

function logJson(entry: HttpWorkerLog): void {
  process.stdout.write(`${printableJson(entry)}\n`)
}

function logText({ level, message, elementId }: HttpWorkerLog): void {
  process.stdout.write(
    `${level.padEnd(5)} ${printable(`${elementId ? `${elementId}: ` : ''}${message}`, { lines: true })}\n`,
  )
}
