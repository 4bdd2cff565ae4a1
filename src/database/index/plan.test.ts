import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { anyFields, anyPath, anyQuery } from '../../../test/database/anyRecords.ts'
import type { JsonObject } from '../json/json.ts'
import { compileQuery, type Matcher } from '../queries/query.ts'
import type { IndexSettings } from '../tables/settings.ts'
import { conditionsOf } from './conditions.ts'
import { openIndexFile } from './indexFile.ts'
import { type Plan, plansFor } from './plan.ts'
import type { TableRows } from './tableRows.ts'
import { IndexedTables } from './tables.ts'

const tables = new IndexedTables(openIndexFile(':memory:', 'db'))

/** A table with those indexes, and each of the records under its place as id. */
function tableOf(records: readonly JsonObject[], indexes: readonly Omit<IndexSettings, 'unique'>[]): TableRows {
  tables.declare({ indexes: new Map() })
  tables.declare({ indexes: new Map([['t', indexes.map((index) => ({ ...index, unique: false }))]]) })
  const table = tables.get('t')!
  for (const [id, record] of records.entries()) table.put(String(id), record)
  return table
}

function idsOf({ scans }: Plan, table: TableRows): Set<string> {
  return new Set(scans.flatMap((scan) => table.find(scan, 10_000)))
}

function plansIn(table: TableRows, query: JsonObject): Plan[] {
  const asked = conditionsOf(query)
  return asked ? plansFor(asked, table.indexes) : []
}

/** What mingo finds among all; nothing where it does not take the query. */
function matchesIn(records: readonly JsonObject[], query: JsonObject): string[] | undefined {
  try {
    const matcher: Matcher = compileQuery(query)
    return [...records.keys()].filter((id) => matcher.matches(records[id]!)).map(String)
  } catch {
    return undefined
  }
}

test('where mingo throws at a record the index does not look past it', () => {
  const records = [{ a: 1, b: 1 }]
  const query = { a: 2, b: { $mod: null } }
  assert.equal(matchesIn(records, { b: query.b }), undefined)
  assert.deepEqual(plansIn(tableOf(records, [{ fields: ['a'] }]), query), [])
})

describe('an index leads to every record that mingo finds', () => {
  const records = fc.array(anyFields, { minLength: 1, maxLength: 20 })
  const indexes = fc.uniqueArray(fc.uniqueArray(anyPath, { minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: 3,
    selector: (fields) => fields.join(),
  })

  test('in thousands of random tables and queries', () => {
    let planned = 0
    let spared = 0
    const property = fc.property(
      records,
      indexes,
      fc.array(anyQuery, { minLength: 5, maxLength: 15 }),
      (records, fields, queries) => {
        const stored = JSON.parse(JSON.stringify(records)) as JsonObject[]
        const table = tableOf(
          stored,
          fields.map((fields) => ({ fields })),
        )
        for (const query of queries) {
          const matching = matchesIn(stored, query)
          for (const plan of matching ? plansIn(table, query) : []) {
            const ids = idsOf(plan, table)
            planned++
            if (ids.size < stored.length) spared++
            for (const id of matching!)
              assert(ids.has(id), `${JSON.stringify(query)} lost ${JSON.stringify(stored[Number(id)])}`)
          }
        }
      },
    )
    fc.assert(property, { numRuns: 2_000 })
    assert(planned > 5_000, `only ${planned} plans were made`)
    assert(spared > 2_000, `only ${spared} plans spared anything`)
  })
})
