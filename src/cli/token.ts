import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { CommitbaseError } from '../errors.ts'
import { isExpired, type Scope, scopes, type Token } from '../hub/access/token.ts'
import { TokenStore } from '../hub/access/tokenStore.ts'
import { layOut } from '../hub/layout.ts'
import { printable, printableJson } from '../hub/printable.ts'
import { addressesFile, dataFolder, defaultRepository } from './engineAddress.ts'
import { readFlags } from './flags.ts'

const help = `Usage: commitbase token create <name> --scope <scope>[,<scope>]
       commitbase token list [--json]
       commitbase token revoke <name>

The hub's tokens. 'create' prints the token, which is shown this once: only its hash is kept. A running hub sees what was made or
revoked within 25 milliseconds.

Scopes:
  read      fetch and clone, receipts, the stream
  dispatch  send events
  write     both, and push
  admin     all, and the audit log

Options:
  --scope <scopes>       what it may do; may be repeated
  --repository <name>    the owner/name that it is for (default: the running hub's, else ${defaultRepository})
  --expires <time>       30d, 12h, an ISO 8601 time, or never (default: 90d)
  --data <folder>        the data folder of 'npm start' (default: ${dataFolder})
  --json                 one JSON object a line
  --help                 this text
`

/** Makes, lists or revokes tokens of a hub's folder, whether it runs or not. */
export async function token(args: readonly string[]): Promise<number> {
  const { values, positionals } = readFlags(args, options, true)
  if (values.help) return print(help)
  const [action, name, ...rest] = positionals
  const isCall =
    action === 'list' ? name === undefined : ['create', 'revoke'].includes(action ?? '') && name !== undefined
  if (!isCall || rest.length > 0) throw misused(positionals)
  if (action !== 'create') expectFolder(values.data)
  const store = await new TokenStore((await layOut(values.data)).tokens, Date.now).open()
  if (action === 'list') return list(await store.list(), values.json)
  if (action === 'create') return create(store, name!, values)
  await store.revoke(name!)
  return print(`token '${name}' is revoked\n`)
}

/** Who only looks makes no folder where its name was mistyped. */
function expectFolder(data: string): void {
  if (existsSync(data)) return
  throw new CommitbaseError('not_found', `there is no folder ${resolve(data)}; name the data folder with --data`)
}

const options = {
  scope: { type: 'string', multiple: true, default: [] as string[] },
  repository: { type: 'string' },
  expires: { type: 'string', default: '90d' },
  data: { type: 'string', default: dataFolder },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

type Flags = ReturnType<typeof readFlags<typeof options>>['values']

/** The token alone goes to standard output, so that a shell can take it: `TOKEN=$(commitbase token create …)`. */
async function create(
  store: TokenStore,
  name: string,
  { scope, repository, expires, data, json }: Flags,
): Promise<number> {
  const asked = scope.flatMap((text) => text.split(',')).map((text) => text.trim())
  if (asked.length === 0)
    throw new CommitbaseError('invalid', `say what it is for: --scope ${scopes.join(', --scope ')}`)
  const order = {
    name,
    scopes: asked as Scope[],
    repository: repository ?? (await runningRepository(data)) ?? defaultRepository,
    expires: timeFrom(expires, Date.now()),
  }
  const made = await store.create(order)
  if (json) return print(`${printableJson({ ...shownOf(made.token), token: made.secret })}\n`)
  process.stderr.write(`${lineOf(made.token)}; it is shown this once\n`)
  return print(`${made.secret}\n`)
}

async function runningRepository(data: string): Promise<string | undefined> {
  try {
    const { repository } = JSON.parse(await readFile(join(data, addressesFile), 'utf8'))
    return typeof repository === 'string' ? repository : undefined
  } catch {
    return undefined
  }
}

function list(tokens: readonly Token[], json: boolean): number {
  if (json) return print(tokens.map((token) => `${printableJson(shownOf(token))}\n`).join(''))
  if (tokens.length === 0) return print('there is no token\n')
  return print(tokens.map((token) => `${lineOf(token)}\n`).join(''))
}

function lineOf(token: Token): string {
  const { name, scopes, repository, expires } = token
  const until =
    expires === null ? 'never expires' : `${isExpired(token, Date.now()) ? 'expired' : 'expires'} ${expires}`
  return printable(`${name}  ${scopes.join(', ')}  ${repository}  ${until}`)
}

function shownOf({ hash: _, ...rest }: Token): Omit<Token, 'hash'> {
  return rest
}

/** Milliseconds since 1970; `null`: never. */
function timeFrom(text: string, now: number): number | null {
  if (text === 'never') return null
  const [, count, unit] = /^(\d{1,5})([dh])$/.exec(text) ?? []
  const time = count === undefined ? Date.parse(text) : now + Number(count) * (unit === 'd' ? 86_400_000 : 3_600_000)
  if (time > now) return time
  throw new CommitbaseError('invalid', `--expires is 30d, 12h, an ISO 8601 time to come, or never; got '${text}'`)
}

function misused(positionals: readonly string[]): CommitbaseError {
  return new CommitbaseError(
    'invalid',
    `'${['token', ...positionals].join(' ')}' is no call; it is 'token create <name> --scope <scope>', 'token list' or 'token revoke <name>'`,
  )
}

function print(text: string): number {
  process.stdout.write(text)
  return 0
}
