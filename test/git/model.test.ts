import assert from 'node:assert/strict'
import { cpSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { eventKey } from '../../src/database/receipts/eventKey.ts'
import { receiptsRef } from '../../src/database/receipts/receipt.ts'
import { receiptsIn } from '../../src/database/receipts/receipts.ts'
import { assertSound } from '../../src/git/testing/gitFolder.ts'
import { Workspace } from '../../src/git/workspace.ts'
import { after, changedIds, isSame, type Operation, type Records, requestOf, type Step, step } from './databaseModel.ts'
import { openPerson, type Person } from './handwork.ts'
import { apply, branch, type OpenDatabase, openDatabase, source } from './recordWrites.ts'

/**
 * The same each time: what fails here is what was changed. More, and others each time: `COMMITBASE_MODEL_RUNS=100 node --test
 * test/git/model.test.ts`, with `COMMITBASE_MODEL_SEED` those of one seed.
 */
const runs = Number(process.env.COMMITBASE_MODEL_RUNS ?? 12)
const { COMMITBASE_MODEL_SEED: chosen = process.env.COMMITBASE_MODEL_RUNS ? undefined : '551697288' } = process.env
const seed = chosen === undefined ? {} : { seed: Number(chosen) }

test('whatever is written, pushed, sealed, merged, closed and killed: records, history, changes and receipts are those of a plain model', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
      const place = await mkdtemp(join(tmpdir(), 'model-'))
      const run = await openRun(place)
      try {
        for (const one of steps) await take(run, one)
        await assertSame(run)
      } finally {
        await run.database.close()
        await rm(place, { recursive: true, force: true, maxRetries: 5 })
      }
    }),
    { numRuns: runs, ...seed, ...(process.env.COMMITBASE_MODEL_RUNS ? {} : { interruptAfterTimeLimit: 25_000 }) },
  )
})

/** The database, and beside it what it should be. */
interface Run {
  readonly place: string
  folder: string
  database: OpenDatabase
  person: Person | undefined
  events: number
  /** The table after each commit, the oldest first. */
  readonly states: { readonly commit: string; readonly records: Records }[]
  /** The status of each event, and its commit. */
  readonly receipts: Map<string, { readonly status: string; readonly commit: string | undefined }>
  hasMerges: boolean
}

async function openRun(place: string): Promise<Run> {
  const folder = join(place, 'first.git')
  const database = await openDatabase(folder)
  const states = [{ commit: '', records: new Map() }]
  return { place, folder, database, person: undefined, events: 0, states, receipts: new Map(), hasMerges: false }
}

async function take(run: Run, step: Step): Promise<void> {
  switch (step.kind) {
    case 'batch':
      return await takeBatch(run, step.operations)
    case 'fill':
      return await fill(run, step.count)
    case 'push':
      return await push(run, step)
    case 'seal':
      return await run.database.repository.seal()
    case 'upkeep':
      return await upkeep(run)
    case 'restart':
      await run.database.close()
      run.database = await openDatabase(run.folder)
      return
    case 'kill':
      return await kill(run)
    default:
      step satisfies never
  }
}

async function takeBatch(run: Run, operations: readonly Operation[]): Promise<void> {
  const asked = operations.map((operation) => ask(run, requestOf(operation)))
  for (const [index, { applied, id }] of (await Promise.all(asked)).entries()) {
    const now = run.states.at(-1)!.records
    const expected = after(now, operations[index]!)
    const words = JSON.stringify(operations[index])
    if (typeof expected === 'string') assert.equal(applied.error?.code, expected, words)
    else assert.equal(applied.error, undefined, words)
    const differs = typeof expected !== 'string' && !isSame(now, expected)
    assert.equal(applied.commit !== undefined, differs, words)
    if (differs) run.states.push({ commit: applied.commit!, records: expected })
    run.receipts.set(id, { status: typeof expected === 'string' ? 'refused' : 'done', commit: applied.commit })
  }
}

/** Many records in one commit: more than a flat folder holds. */
async function fill(run: Run, count: number): Promise<void> {
  const records = Array.from({ length: count }, (_, number) => ({ _id: `r${number}`, n: number }))
  const operations = records.map((record) => ({ operation: 'UPSERT', table: 'item', record }))
  const { applied, id } = await ask(run, { name: 'TRANSACT', parameters: { operations } })
  assert.equal(applied.error, undefined)
  run.receipts.set(id, { status: 'done', commit: applied.commit })
  const now = run.states.at(-1)!.records
  const next = new Map([...now, ...records.map((record) => [record._id, record] as const)])
  assert.equal(applied.commit !== undefined, !isSame(now, next))
  if (applied.commit) run.states.push({ commit: applied.commit, records: next })
}

async function push(run: Run, { work }: Step & { kind: 'push' }): Promise<void> {
  const { repository, writer, secret } = run.database
  if (run.states.length === 1) return
  await repository.seal()
  run.person ??= await openPerson(join(run.place, 'work'), run.folder)
  const commits = await run.person.commit(run.folder, work, run.states.at(-1)!.records)
  if (commits.length === 0) return
  await writer.exclusively(() => repository.lend(() => run.person!.push(run.folder, secret)))
  if (work.kind === 'merge') run.hasMerges = true
  run.states.push(...commits)
}

async function upkeep(run: Run): Promise<void> {
  const { folder, person, database, place } = run
  await database.repository.seal()
  const anyone = person ?? (await openPerson(join(place, `upkeep-${run.events++}`), folder))
  await anyone.run(folder, 'repack', '--geometric=2', '-d', '-q')
  await anyone.run(folder, 'commit-graph', 'write', '--reachable', '--split', '--changed-paths', '--no-progress')
}

/** The folder as it is at this moment goes on somewhere else; the process that had it is not asked. */
async function kill(run: Run): Promise<void> {
  const copy = join(run.place, `copy-${run.events++}.git`)
  // At once, so that nothing of it changes meanwhile.
  cpSync(run.folder, copy, { recursive: true })
  await rm(join(copy, 'commitbase-owner'), { force: true })
  await run.database.close()
  run.folder = copy
  run.database = await openDatabase(copy)
}

async function ask(run: Run, operation: { name: string; parameters: Record<string, unknown> }) {
  const number = ++run.events
  const id = `e${number}`
  const time = new Date(Date.UTC(2026, 0, 1) + number * 1_000).toISOString()
  const event = { id, source, type: 'test', time, data: {}, correlationid: id }
  return { id, applied: await apply(run.database, { event, operation }) }
}

async function assertSame(run: Run): Promise<void> {
  const { states } = run
  await assertRecords(run, states.at(-1)!)
  for (const state of [...states.slice(1, 3), ...states.slice(-3)])
    if (state.commit) await assertRecords(run, state, state.commit)
  await assertReceipts(run)
  if (!run.hasMerges && states.length > 1) await assertHistory(run)
  await run.database.repository.seal()
  await assertSound(run.folder)
}

async function assertRecords(run: Run, { records }: Run['states'][number], at?: string): Promise<void> {
  const found = await read(run, 'FINDMANY', { table: 'item', ...(at ? { at } : {}) })
  const plain = found.records.map(({ _updated, ...record }: { _updated: string }) => record)
  const expected = [...records.values()].sort((a, b) => (a._id < b._id ? -1 : 1))
  assert.deepEqual(plain, expected, at ? `at ${at}` : 'now')
}

async function assertReceipts({ database, receipts }: Run): Promise<void> {
  const stored = receiptsIn(await Workspace.open(database.repository, [branch, receiptsRef]))
  for (const [id, expected] of receipts) {
    const receipt = await stored.find(eventKey(source, id))
    assert.deepEqual({ status: receipt?.status, commit: receipt?.commit }, expected, id)
  }
}

async function assertHistory(run: Run): Promise<void> {
  const { states } = run
  const changes = states
    .slice(1)
    .map(({ commit, records }, index) => ({ commit, ids: changedIds(states[index]!.records, records) }))
  for (const id of ['a', 'B', 'r7']) {
    const { versions } = await read(run, 'HISTORY', { table: 'item', id })
    const expected = changes.filter(({ ids }) => ids.includes(id)).map(({ commit }) => commit)
    assert.deepEqual(
      versions.map(({ commit }: { commit: string }) => commit).reverse(),
      expected,
      `the history of ${id}`,
    )
  }
  const { commits } = await read(run, 'CHANGES', { since: states[1]!.commit })
  const told = commits.filter(({ changes }: { changes: unknown[] }) => changes.length > 0)
  assert.deepEqual(
    told.map(({ commit }: { commit: string }) => commit),
    changes
      .slice(1)
      .filter(({ ids }) => ids.length > 0)
      .map(({ commit }) => commit),
    'the changes',
  )
}

// biome-ignore lint/suspicious/noExplicitAny: what a result holds is what the assertions say.
async function read(run: Run, name: string, parameters: Record<string, unknown>): Promise<any> {
  const { applied } = await ask(run, { name, parameters })
  assert.equal(applied.error, undefined, name)
  return applied.result
}
