import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { git as runAs } from '../../src/git/commands/git.ts'
import type { Handwork, Records } from './databaseModel.ts'

/** A person with a clone, who commits by hand what the model says. */
export interface Person {
  /** Commits on top of what is in the repository. Gives the commits and the table after each; none where there was nothing to do. */
  commit(repository: string, work: Handwork, now: Records): Promise<{ commit: string; records: Records }[]>
  push(repository: string, secret: string): Promise<void>
  run(folder: string, ...args: string[]): Promise<string>
}

export async function openPerson(folder: string, repository: string): Promise<Person> {
  let secret = ''
  const run = async (place: string, ...args: string[]) => {
    const variables = { ...identity, HOME: dirname(folder), COMMITBASE_OWNER: secret }
    return (await runAs(['-C', place, ...args], { environment: process.env, variables })).toString().trim()
  }
  await mkdir(folder, { recursive: true })
  await run(folder, 'clone', '-q', repository, '.')
  return {
    commit: async (repository, work, now) => {
      await run(folder, 'fetch', '-q', repository, 'main')
      await run(folder, 'checkout', '-q', '-B', 'main', 'FETCH_HEAD')
      if (work.kind === 'revert') return await revert(folder, (...args) => run(folder, ...args), now)
      const records = await change(folder, (...args) => run(folder, ...args), work, now)
      return records ? [{ commit: await run(folder, 'rev-parse', 'HEAD'), records }] : []
    },
    push: async (repository, ownerSecret) => {
      secret = ownerSecret
      await run(folder, 'push', '-q', repository, 'main')
    },
    run,
  }
}

type Run = (...args: string[]) => Promise<string>

/** The table after the work; nothing where it does not apply. */
async function change(
  folder: string,
  run: Run,
  work: Exclude<Handwork, { kind: 'revert' }>,
  now: Records,
): Promise<Records | undefined> {
  const next = new Map(now)
  switch (work.kind) {
    case 'edit':
      if (now.get(work.id)?.n === work.n) return undefined
      await put(folder, work.id, work.n)
      await commit(run)
      return next.set(work.id, { _id: work.id, n: work.n })
    case 'delete':
      if (!next.delete(work.id)) return undefined
      await rm((await pathOf(folder, work.id))!)
      await commit(run)
      return next
    case 'rename': {
      const record = now.get(work.id)
      if (!record || now.has(work.to)) return undefined
      await rm((await pathOf(folder, work.id))!)
      await put(folder, work.to, record.n)
      await commit(run)
      next.delete(work.id)
      return next.set(work.to, { ...record, _id: work.to })
    }
    case 'merge':
      return await merge(folder, run, work, next)
    default:
      return work satisfies never
  }
}

/** Commits something and takes it back. */
async function revert(folder: string, run: Run, now: Records): Promise<{ commit: string; records: Records }[]> {
  await put(folder, 'a', 9)
  await commit(run)
  const first = { commit: await run('rev-parse', 'HEAD'), records: new Map([...now, ['a', { _id: 'a', n: 9 }]]) }
  await run('revert', '--no-edit', 'HEAD')
  return [first, { commit: await run('rev-parse', 'HEAD'), records: now }]
}

async function merge(
  folder: string,
  run: Run,
  { id, other, n }: Handwork & { kind: 'merge' },
  now: Map<string, { _id: string; n?: number }>,
): Promise<Records | undefined> {
  if (id === other || now.has(id) || now.has(other)) return undefined
  await run('checkout', '-q', '-B', 'side')
  await put(folder, id, n)
  await commit(run)
  await run('checkout', '-q', 'main')
  await put(folder, other, n)
  await commit(run)
  await run('merge', '-q', '--no-edit', 'side')
  return now.set(id, { _id: id, n }).set(other, { _id: other, n })
}

async function commit(run: Run): Promise<void> {
  await run('add', '-A')
  await run('commit', '-q', '-m', 'By hand')
}

/** Where the record is, else at the top of its table. */
async function put(folder: string, id: string, n: number | undefined): Promise<void> {
  const path = (await pathOf(folder, id)) ?? join(folder, 'db/item', `${id}.json`)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, JSON.stringify({ _id: id, ...(n === undefined ? {} : { n }) }))
}

async function pathOf(folder: string, id: string): Promise<string | undefined> {
  const names = await readdir(join(folder, 'db/item'), { recursive: true }).catch(() => [])
  const name = names.find((name) => basename(name) === `${id}.json`)
  return name && join(folder, 'db/item', name)
}

const identity = {
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
}
