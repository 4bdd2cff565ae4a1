import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { codeOf } from '../../errors.ts'
import type { JsonObject } from '../json/json.ts'
import { openTestDatabase, plain, type TestDatabase } from '../testing/testDatabase.ts'

const id = fc.constantFrom('a', 'b', 'c', 'd')
const fields = fc.record({ n: fc.integer({ min: 0, max: 2 }), m: fc.constantFrom(null, 'x') }, { requiredKeys: [] })
const query = fc.oneof(fields, fc.record({ _id: id }))
const guard = fc.constantFrom('none', 'right', 'stale')

const step = fc.oneof(
  fc.record({ kind: fc.constant('INSERT' as const), id, fields }),
  fc.record({ kind: fc.constant('UPSERT' as const), id, fields, guard }),
  fc.record({ kind: fc.constant('PATCH' as const), id, fields, guard }),
  fc.record({ kind: fc.constant('UPDATEMANY' as const), fields, query }),
  fc.record({ kind: fc.constant('DELETEMANY' as const), query }),
  fc.record({ kind: fc.constant('DROPTABLE' as const) }),
  fc.record({ kind: fc.constant('REVERT' as const), back: fc.nat(5), force: fc.boolean() }),
  fc.record({ kind: fc.constant('TRANSACT' as const), id, fields, other: id }),
)

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never
type Table = ReadonlyMap<string, JsonObject>

/** The states of the table: one for each commit, oldest first. */
interface Model {
  readonly states: Table[]
  readonly commits: string[]
}

test('whatever is done, records, the past, histories and changes are those of a map of maps', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 15 }), async (steps) => {
      const database = await openTestDatabase()
      const model: Model = { states: [new Map()], commits: [''] }
      for (const one of steps) await doBoth(one, database, model)
      await assertSame(database, model)
    }),
    { numRuns: 100 },
  )
})

async function doBoth(step: Step, database: TestDatabase, model: Model): Promise<void> {
  const now = model.states.at(-1)!
  const expected = await expectedOf(step, now, model)
  const ran = await run(step, database, model).catch((error) => codeOf(error))
  if (typeof expected === 'string' || typeof ran === 'string') return assert.equal(ran, expected, JSON.stringify(step))
  const differs = !isSame(now, expected)
  assert.equal(ran.commit !== undefined, differs, JSON.stringify(step))
  if (!differs) return
  model.states.push(expected)
  model.commits.push(ran.commit!)
}

/** The table after the step, or the code of the error. */
async function expectedOf(step: Step, now: Table, model: Model): Promise<Table | string> {
  const after = new Map(now)
  switch (step.kind) {
    case 'INSERT':
      return now.has(step.id) ? 'conflict' : after.set(step.id, { _id: step.id, ...step.fields })
    case 'UPSERT':
      if (step.guard === 'stale' || (step.guard === 'right' && !now.has(step.id))) return 'conflict'
      return after.set(step.id, { _id: step.id, ...step.fields })
    case 'PATCH':
      if (step.guard !== 'none' && (step.guard === 'stale' || !now.has(step.id))) return 'conflict'
      if (!now.has(step.id)) return 'not_found'
      return after.set(step.id, merged(now.get(step.id)!, step.fields))
    case 'UPDATEMANY':
      for (const record of matching(now, step.query)) after.set(record._id as string, { ...record, ...step.fields })
      return after
    case 'DELETEMANY':
      for (const record of matching(now, step.query)) after.delete(record._id as string)
      return after
    case 'DROPTABLE':
      return new Map()
    case 'REVERT':
      return revertedOf(step, model)
    case 'TRANSACT':
      if (now.has(step.other)) return 'conflict'
      after.set(step.other, { _id: step.other })
      return after.set(step.id, { _id: step.id, ...step.fields })
    default:
      return step satisfies never
  }
}

function revertedOf({ back, force }: Step & { kind: 'REVERT' }, { states }: Model): Table | string {
  const at = states.length - 1 - back
  if (at < 1) return 'not_found'
  const ids = changedIds(states[at - 1]!, states[at]!)
  const later = states
    .slice(at + 1)
    .some((state, index) => changedIds(states[at + index]!, state).some((id) => ids.includes(id)))
  if (later && !force) return 'conflict'
  const after = new Map(states.at(-1)!)
  for (const id of ids) {
    const before = states[at - 1]!.get(id)
    if (before) after.set(id, before)
    else after.delete(id)
  }
  return after
}

async function run(step: Step, { run }: TestDatabase, { commits }: Model) {
  const table = 'stock'
  const blobOf = async (id: string) => (await run('GET', { table, id })).result.blob ?? '1'.repeat(40)
  const ifMatch = async ({ guard, id }: { guard: string; id: string }) =>
    guard === 'none' ? undefined : guard === 'right' ? await blobOf(id) : '0'.repeat(40)
  switch (step.kind) {
    case 'INSERT':
      return await run('INSERT', { table, record: { _id: step.id, ...step.fields } })
    case 'UPSERT':
      return await run('UPSERT', { table, record: { _id: step.id, ...step.fields }, ifMatch: await ifMatch(step) })
    case 'PATCH':
      return await run('PATCH', { table, id: step.id, patch: step.fields, ifMatch: await ifMatch(step) })
    case 'UPDATEMANY':
      return await run('UPDATEMANY', { table, record: step.fields, query: step.query })
    case 'DELETEMANY':
      return await run('DELETEMANY', { table, query: step.query })
    case 'DROPTABLE':
      return await run('DROPTABLE', { table })
    case 'REVERT':
      return await run('REVERT', { commit: commits.at(-1 - step.back) || '0'.repeat(40), force: step.force })
    case 'TRANSACT': {
      const insert = { operation: 'INSERT', table, record: { _id: step.other } }
      const upsert = { operation: 'UPSERT', table, record: { _id: step.id, ...step.fields } }
      return await run('TRANSACT', { operations: [insert, upsert] })
    }
    default:
      return step satisfies never
  }
}

async function assertSame({ run }: TestDatabase, { states, commits }: Model): Promise<void> {
  const records = async (at?: string) => (await run('FINDMANY', { table: 'stock', at })).result.records.map(plain)
  const sorted = (state: Table) => [...state.values()].sort((a, b) => (String(a._id) < String(b._id) ? -1 : 1))
  assert.deepEqual(await records(), sorted(states.at(-1)!))
  for (const [index, commit] of commits.entries()) {
    if (index === 0) continue
    assert.deepEqual(await records(commit), sorted(states[index]!))
    const { commits: told } = (await run('CHANGES', { since: commits[index - 1] || undefined, limit: 1 })).result
    assert.equal(told[0].commit, commit)
    const ids = told[0].changes.map(({ id }: { id: string }) => id)
    assert.deepEqual(ids.toSorted(), changedIds(states[index - 1]!, states[index]!).toSorted())
  }
  for (const id of ['a', 'b', 'c', 'd']) {
    const { versions } = (await run('HISTORY', { table: 'stock', id })).result
    const expected = commits.filter(
      (_, index) => index > 0 && changedIds(states[index - 1]!, states[index]!).includes(id),
    )
    assert.deepEqual(
      versions.map(({ commit }: { commit: string }) => commit),
      expected.toReversed(),
    )
  }
}

function merged(record: JsonObject, patch: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries({ ...record, ...patch }).filter(([, value]) => value !== null || !('m' in patch)),
  )
}

function matching(table: Table, query: JsonObject): JsonObject[] {
  return [...table.values()].filter((record) =>
    Object.entries(query).every(([key, value]) => (record[key] ?? null) === value),
  )
}

function changedIds(before: Table, after: Table): string[] {
  const ids = [...new Set([...before.keys(), ...after.keys()])]
  return ids.filter((id) => text(before.get(id)) !== text(after.get(id)))
}

function isSame(one: Table, other: Table): boolean {
  return changedIds(one, other).length === 0
}

/** Whatever the order of its keys. */
function text(record: JsonObject | undefined): string {
  return JSON.stringify(Object.entries(record ?? {}).sort())
}
