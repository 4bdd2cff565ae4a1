import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { openShop, type Shop } from '../examples/shop/openShop.ts'
import { runShop } from '../examples/shop/run.ts'
import { sendToGitHub } from '../examples/shop/sendToGitHub.ts'
import { sendToHub } from '../examples/shop/sendToHub.ts'
import type { Send } from '../examples/shop/workers.ts'
import { dataFolder, defaultRepository } from '../src/cli/engineAddress.ts'
import { httpSecurityFrom, securityFrom, securityHelp } from '../src/cli/engineSecurity.ts'
import { portFrom, readFlags } from '../src/cli/flags.ts'
import { giveMemoryBack } from '../src/cli/giveMemoryBack.ts'
import { type Installation, type InstallationOptions, startInstallation } from '../src/cli/installation.ts'
import { outliveHandlers } from '../src/cli/outliveHandlers.ts'
import { openScreen, type Screen } from '../src/cli/screen.ts'
import { Story } from '../src/cli/story.ts'
import { gitHubFromEnvironment, gitHubTarget, hubTarget, type Target } from '../src/cli/target.ts'
import { whenAskedToStop } from '../src/cli/whenAskedToStop.ts'
import { messageOf } from '../src/errors.ts'
import { checkGit } from '../src/git/commands/checkGit.ts'
import { printable } from '../src/hub/printable.ts'
import { optionsFromEnvironment } from '../src/zeebe/engineOptions.ts'
import { parseMap } from '../src/zeebe/httpWorker/originMap.ts'
import { parseAllow } from '../src/zeebe/httpWorker/reach.ts'
import { secretsFrom } from '../src/zeebe/httpWorker/secretSource.ts'
import { openHandlers } from './openHandlers.ts'
import { tellWhatToTry } from './tellWhatToTry.ts'

const help = `Usage: npm start -- [options]

Starts the hub, the embedded engine and the HTTP worker on 127.0.0.1, deploys bpmn/, runs the sample shop, and stays up.

Options:
  --data <folder>        where everything is kept (default: ${dataFolder})
  --port <port>          of the hub (default: 4180; 0: any free one)
  --host <address>       where the hub listens (default: 127.0.0.1); others can reach another one: make a token first
  --allow-host <name>    a name under which the hub may be asked, beside addresses and localhost; may be repeated
  --engine-port <port>   of the engine's gateway (default: 26500; 0: any free one)
  --management-port <port>
                         of the engine's health, clock and records (default: 9600, or any free one beside --engine-port 0)
  --no-management        opens no such port
  --rest-port <port>     of the engine's REST API (8080 is Zeebe's; default: none is opened)
  --records <file>       appends every record of the engine to this file, as Zeebe exports them
  --repository <name>    the repository's owner/name (default: ${defaultRepository})
  --handlers <path>      a module, or a folder of modules, that handles events instead of the shop's; the shop is left out then
  --no-demo              does not run the shop
  --exit                 ends after the run; status 0 only if all that it announced came true
  --json                 prints one JSON object a line
  --help                 this text

Environment:
  COMMITBASE_TOKEN                                         may do everything at the hub while it runs (default: a new one, which nobody is told)
  ZEEBE_CLOCK_CONTROLLED=true                              lets the management port move the engine's clock
${securityHelp}
  ZEEBE_ADDRESS, ZEEBE_CLIENT_ID, ZEEBE_CLIENT_SECRET, …   use that engine instead of the embedded one
  ALLOW_HOSTS                                              what the HTTP worker may ask though it is not public: 'host,10.0.0.0/8'
  GITHUB_REPOSITORY and GITHUB_TOKEN                       dispatch to GitHub instead of the hub
`

const options = {
  data: { type: 'string' },
  port: { type: 'string' },
  host: { type: 'string' },
  'allow-host': { type: 'string', multiple: true, default: [] as string[] },
  'engine-port': { type: 'string' },
  'management-port': { type: 'string' },
  management: { type: 'boolean', default: true },
  'rest-port': { type: 'string' },
  records: { type: 'string' },
  repository: { type: 'string', default: defaultRepository },
  handlers: { type: 'string' },
  demo: { type: 'boolean', default: true },
  exit: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/** `npm start`. Gives the exit status: 1 after one sentence that says what to do, or when the run did not come true. */
export async function start(args: readonly string[]): Promise<number> {
  try {
    const { values } = readFlags(args, options)
    if (values.help) {
      process.stdout.write(help)
      return 0
    }
    return await run(asTyped(values))
  } catch (error) {
    process.stderr.write(`commitbase: ${printable(messageOf(error), { lines: true })}\n`)
    return 1
  }
}

type Values = ReturnType<typeof readFlags<typeof options>>['values']
type Flags = Values & { readonly data: string }

/** npm runs a script in the folder of its package, and tells where it was called itself: what is typed there means that folder. */
const typedIn = process.env.INIT_CWD ?? process.cwd()

function asTyped({ data, records, ...others }: Values): Flags {
  return {
    ...others,
    data: data === undefined ? dataFolder : resolve(typedIn, data),
    ...(records !== undefined && { records: resolve(typedIn, records) }),
  }
}

async function run(flags: Flags): Promise<number> {
  const token = takeToken(process.env)
  const screen = openScreen({ write: (text) => process.stdout.write(text), json: flags.json, color: hasColors() })
  outliveHandlers((text) => screen.warning(text))
  giveMemoryBack()
  await checkGit(process.env)
  const stopping = new AbortController()
  const stopped = whenAskedToStop().then(() => stopping.abort())
  const handlers = await openHandlers(flags.handlers, typedIn)
  const installation = await startInstallation(installationOptions(flags, screen, { handlers, token }))
  try {
    const story = new Story((line) => screen.story(line))
    installation.hub.on((happening) => story.hear(happening))
    const target = await openTarget(installation, screen)
    const shop = flags.handlers === undefined ? await startShop(installation, target, screen) : undefined
    const allTrue =
      shop && flags.demo
        ? await Promise.race([
            runDemo({ installation, target, shop, screen, story, signal: stopping.signal }),
            stopped.then(() => false),
          ])
        : true
    if (flags.exit) return allTrue && !stopping.signal.aborted ? 0 : 1
    if (stopping.signal.aborted) return 0
    tellWhatToTry(installation, target, screen, { typedIn, data: flags.data, handlers, shop: shop !== undefined })
    await stopped
    return allTrue ? 0 : 1
  } finally {
    await installation.stop()
  }
}

function installationOptions(
  flags: Flags,
  screen: Screen,
  given: Pick<InstallationOptions, 'handlers' | 'token'>,
): InstallationOptions {
  const elsewhere = optionsFromEnvironment(process.env)
  return {
    folder: flags.data,
    port: portFrom('--port', flags.port, 4180),
    host: flags.host,
    hosts: flags['allow-host'],
    ...given,
    ...engineDoors(flags),
    ...(flags.records !== undefined && { records: flags.records }),
    controlledClock: process.env.ZEEBE_CLOCK_CONTROLLED === 'true',
    repository: flags.repository,
    ...(elsewhere ? { elsewhere } : {}),
    log: (message: string) => screen.warning(message),
  }
}

function engineDoors(flags: Flags): Pick<InstallationOptions, 'enginePort' | 'management' | 'rest' | 'security'> {
  const enginePort = portFrom('--engine-port', flags['engine-port'], 26500)
  const managementPort = portFrom('--management-port', flags['management-port'], enginePort && 9600)
  const rest = flags['rest-port']
  const security = securityFrom(process.env, typedIn)
  const http = httpSecurityFrom(process.env, typedIn)
  return {
    enginePort,
    ...(flags.management && { management: { port: managementPort, ...http.management } }),
    ...(rest !== undefined && { rest: { port: portFrom('--rest-port', rest, 8080), ...http.rest } }),
    ...(security && { security }),
  }
}

/** Before handlers are loaded and child processes start: neither sees it. */
function takeToken(env: NodeJS.ProcessEnv): string | undefined {
  const token = env.COMMITBASE_TOKEN
  delete env.COMMITBASE_TOKEN
  return token
}

/** Where events go, and the HTTP worker that sends them there. */
async function openTarget(installation: Installation, screen: Screen): Promise<Target> {
  const { hub, engine } = installation
  const gitHub = gitHubFromEnvironment(process.env)
  const target = gitHub ? await gitHubTarget(gitHub) : hubTarget(hub)
  installation.onStop(() => target.close())
  screen.section(`The hub is at ${hub.address}, the engine at ${engine.address}`)
  if (gitHub) screen.hint('events go to', `${target.api}/repos/${target.repository}/dispatches`)
  const map = target.api === publicApi ? [] : parseMap([`${publicApi}=${target.api}`])
  installation.startHttpWorker({
    secrets: secretsFrom({ env: { ...process.env, ZEEBE_ENV_GitHubToken: target.token }, map }),
    map,
    allow: parseAllow(process.env.ALLOW_HOSTS),
  })
  return target
}

const publicApi = 'https://api.github.com'

function senderTo(target: Target, { hub }: Installation): Send {
  if (target.api !== hub.address) return sendToGitHub(target)
  return sendToHub({ hub: target.api, repo: target.repository, token: target.token })
}

async function startShop(installation: Installation, target: Target, screen: Screen): Promise<Shop> {
  const shop = await openShop(installation.engine, senderTo(target, installation))
  installation.onStop(() => shop.stop())
  tellDeployed(shop, screen)
  return shop
}

function tellDeployed({ deployment }: Shop, screen: Screen): void {
  const processes = deployment.processes.map(({ bpmnProcessId, version }) => `${bpmnProcessId} v${version}`)
  screen.hint('deployed', processes.join(', '))
}

interface Demo {
  readonly installation: Installation
  readonly target: Target
  readonly shop: Shop
  readonly screen: Screen
  readonly story: Story
  readonly signal: AbortSignal
}

/** GitHub's runs take minutes where the hub takes milliseconds, and it asks for few reads. */
function runDemo({ installation, target, shop, screen, story, signal }: Demo): Promise<boolean> {
  const { hub, engine, embedded } = installation
  const isHub = target.api === hub.address
  return runShop({
    engine,
    listsIncidents: embedded !== undefined,
    repo: target.repository,
    run: randomBytes(4).toString('hex'),
    dispatch: (eventType, payload) => target.dispatch(eventType, payload),
    readRecords: (table, ids) => target.readRecords(table, ids),
    incidentRaised: (orderId) => shop.incidentRaised(orderId),
    settled: () => story.settled(),
    announce: (text) => screen.section(text),
    note: (text) => screen.note(text),
    outcome: (text, ok, milliseconds) => screen.outcome(text, ok, milliseconds),
    patience: isHub ? 60_000 : 1_800_000,
    pause: isHub ? 100 : 5_000,
    signal,
  })
}

function hasColors(): boolean {
  return process.stdout.isTTY === true && !process.env.NO_COLOR
}
