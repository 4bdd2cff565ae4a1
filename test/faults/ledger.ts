import { git, runGit } from '../../src/git/commands/git.ts'

/** A commit of the branch, as git tells it. */
export interface LoggedCommit {
  readonly oid: string
  readonly subject: string
  /** Empty where it is nobody's event. */
  readonly event: string
  readonly type: string
}

/** The part of a receipt that is looked at. */
export interface KeptReceipt {
  readonly seq: number
  readonly status: string
  readonly commit?: string
  readonly event: { readonly id: string; readonly type: string }
  readonly messages: readonly { readonly messageId: string }[]
}

/** What a repository says of itself, read with nothing but git. */
export interface Ledger {
  readonly commits: readonly LoggedCommit[]
  /** By path in `refs/commitbase/receipts`: what is under a key, and what is in the order. */
  readonly byKey: ReadonlyMap<string, KeptReceipt>
  readonly inOrder: ReadonlyMap<number, KeptReceipt>
  /** Paths below `dead/`, without `.json`: the ids of messages. */
  readonly dead: readonly string[]
  /** Records by table, then by id. */
  readonly records: ReadonlyMap<string, ReadonlyMap<string, Readonly<Record<string, unknown>>>>
  /** Paths of the engine's documents. */
  readonly engine: readonly string[]
  /** How far the consumer has sent; 0 where it never did. */
  cursor(consumer: string): Promise<number>
}

export async function readLedger(folder: string, branch = 'main'): Promise<Ledger> {
  const receipts = await readFiles(folder, 'refs/commitbase/receipts')
  const files = await readFiles(folder, branch)
  const parsed = [...receipts].map(([path, text]) => [path, JSON.parse(text)] as const)
  return {
    commits: await readLog(folder, branch),
    byKey: new Map(parsed.filter(([path]) => /[0-9a-f]{64}\.json$/.test(path) && !path.startsWith('dead/'))),
    inOrder: new Map(
      parsed
        .filter(([path]) => path.startsWith('order/'))
        .map(([path, receipt]) => [Number.parseInt(path.replace(/^order|\W|json/g, ''), 16), receipt]),
    ),
    dead: [...receipts.keys()].filter((path) => path.startsWith('dead/')).map((path) => path.slice(5, -5)),
    records: tablesOf(files),
    engine: await listFiles(folder, 'refs/commitbase/engine').then((found) => found.map(({ path }) => path)),
    cursor: async (consumer) => {
      const { status, output } = await runGit(
        [`--git-dir=${folder}`, 'cat-file', 'blob', `refs/commitbase/cursors/${consumer}`],
        asHere,
      )
      return status === 0 ? JSON.parse(output.toString()).seq : 0
    },
  }
}

/** What `git fsck --full --strict` finds; nothing where the repository is sound. */
export async function unsound(folder: string): Promise<string> {
  const { status, output, words } = await runGit(
    [`--git-dir=${folder}`, 'fsck', '--full', '--strict', '--no-dangling'],
    asHere,
  )
  const found = `${output}${words}`.split('\n').filter((line) => line !== '' && !line.startsWith('notice: '))
  return status === 0 && found.length === 0 ? '' : `status ${status}: ${found.join('; ').slice(0, 2_000)}`
}

/** Whether one of so many walks has not come to its end, or an instance has not. */
export async function walking(folder: string, walks: number): Promise<boolean> {
  const here = `--git-dir=${folder}`
  const ended = await runGit([here, 'grep', '-l', '-e', '"ended"', '-e', '"made"', 'main', '--', 'db/walk'], asHere)
  if (ended.output.toString().split('\n').filter(Boolean).length < walks) return true
  const instances = await runGit([here, 'ls-tree', '-r', '--name-only', 'refs/commitbase/engine', 'instances/'], asHere)
  return instances.output.length > 0
}

const asHere = { environment: process.env }

async function readLog(folder: string, branch: string): Promise<LoggedCommit[]> {
  const trailer = (key: string) => `%(trailers:key=${key},valueonly,separator=%x2C)`
  const format = `--format=%H%x01%s%x01${trailer('Event-Id')}%x01${trailer('Event-Type')}`
  const text = (await git([`--git-dir=${folder}`, 'log', '--reverse', format, branch], asHere)).toString()
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [oid, subject, event, type] = line.split('\x01') as [string, string, string, string]
      return { oid, subject, event, type }
    })
}

async function listFiles(folder: string, ref: string): Promise<{ path: string; oid: string }[]> {
  const { status, output } = await runGit([`--git-dir=${folder}`, 'ls-tree', '-r', '-z', ref], asHere)
  if (status !== 0) return []
  return output
    .toString()
    .split('\0')
    .filter(Boolean)
    .map((line) => ({ oid: line.slice(12, 52), path: line.slice(53) }))
}

/** The text of every file of a ref, by path. */
async function readFiles(folder: string, ref: string): Promise<Map<string, string>> {
  const files = await listFiles(folder, ref)
  const oids = [...new Set(files.map(({ oid }) => oid))]
  const output = await git([`--git-dir=${folder}`, 'cat-file', '--batch'], { ...asHere, input: `${oids.join('\n')}\n` })
  const texts = new Map<string, string>()
  for (let at = 0; at < output.length && texts.size < oids.length; ) {
    const line = output.indexOf('\n', at)
    const [oid, , size] = output.toString('latin1', at, line).split(' ') as [string, string, string]
    texts.set(oid, output.toString('utf8', line + 1, line + 1 + Number(size)))
    at = line + 2 + Number(size)
  }
  return new Map(files.map(({ path, oid }) => [path, texts.get(oid)!]))
}

function tablesOf(files: ReadonlyMap<string, string>): Ledger['records'] {
  const tables = new Map<string, Map<string, Readonly<Record<string, unknown>>>>()
  for (const [path, text] of files) {
    const [, table, id] = /^db\/([^/]+)\/(?:[0-9a-f]{2}\/)*([^/]+)\.json$/.exec(path) ?? []
    if (table === undefined || id === undefined || id.startsWith('.')) continue
    const records = tables.get(table) ?? new Map()
    tables.set(table, records.set(id, JSON.parse(text)))
  }
  return tables
}
