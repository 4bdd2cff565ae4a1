import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { foldReceipts } from '../database/receipts/foldReceipts.ts'
import { pruneReceipts } from '../database/receipts/pruneReceipts.ts'
import { receiptsRef } from '../database/receipts/receipt.ts'
import { engineRef } from '../engine/storage/gitStore.ts'
import { CommitbaseError } from '../errors.ts'
import { openLocal } from '../git/local/local.ts'
import { type Ownership, takeOwnership } from '../git/local/owner.ts'
import { keepUp, type UpkeepStep } from '../git/local/upkeep.ts'
import { commitbase } from '../git/objects/ownCommits.ts'
import { Writer } from '../git/writer.ts'
import { pruneEngine } from '../hub/pruneEngine.ts'
import { dataFolder } from './engineAddress.ts'
import { readFlags } from './flags.ts'

const help = `Usage: commitbase upkeep [options]

Forgets receipts, and the engine's history, that are older or more than the database's settings keep; merges the packs of a repository that no process owns, and
brings its commit-graph up to date, with which git answers 'git log -- <path>' at once. A running hub does that on its own, now and then.
Doing it again changes nothing.

Options:
  --data <folder>  the data folder of 'npm start', or a bare repository (default: ${dataFolder})
  --full           makes one pack of all, with deltas looked for anew: minutes for a large one, and the smallest there is
  --help           this text
`

/** Does by hand, and tells, what a hub does in the background. */
export async function upkeep(args: readonly string[]): Promise<number> {
  const { values } = readFlags(args, options)
  if (values.help) {
    process.stdout.write(help)
    return 0
  }
  const folder = repositoryIn(values.data)
  const ownership = await takeOwnership(folder)
  try {
    await forget(folder, ownership)
    const config = { 'core.hooksPath': '/dev/null' }
    await keepUp(folder, { environment: process.env, config }, { full: values.full, onStep: tell })
  } finally {
    await ownership.release()
  }
  return 0
}

const options = {
  data: { type: 'string', default: dataFolder },
  full: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/** Whoever opens the repository takes up what a process that was killed had left in its ahead-file. */
async function forget(folder: string, ownership: Ownership): Promise<void> {
  const fold = foldReceipts(commitbase, Date.now)
  const repository = await openLocal(folder, { create: false, environment: process.env, ownership, fold })
  try {
    const branch = await repository.head()
    const writer = new Writer({ repository, refs: [branch, receiptsRef, engineRef], fold })
    const seal = () => repository.seal()
    const pruning = { repository, writer, branch, basedir: 'db', now: Date.now(), seal }
    const receipts = await pruneReceipts(pruning)
    if (receipts > 0) process.stdout.write(`forgot ${receipts} receipts\n`)
    if (await pruneEngine(pruning)) process.stdout.write(`began the engine's history anew\n`)
  } finally {
    await repository.close()
  }
}

function repositoryIn(data: string): string {
  const folder = [join(data, 'repository.git'), data].find((folder) => existsSync(join(folder, 'HEAD')))
  if (folder !== undefined) return resolve(folder)
  throw new CommitbaseError('not_found', `there is no repository in ${resolve(data)}; name its folder with --data`)
}

function tell({ what, before, after, milliseconds }: UpkeepStep): void {
  const packs = before.packs === after.packs ? count(after.packs) : `${before.packs} → ${count(after.packs)}`
  const bytes = `${megabytes(before.bytes)} → ${megabytes(after.bytes)} MB`
  process.stdout.write(`${what}: ${packs}, ${bytes}, ${(milliseconds / 1_000).toFixed(1)} s\n`)
}

function count(packs: number): string {
  return packs === 1 ? '1 pack' : `${packs} packs`
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1)
}
