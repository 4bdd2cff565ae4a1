import fc from 'fast-check'

/** A table of the model: records without `_updated`, by id. */
export type Records = ReadonlyMap<string, { readonly _id: string; readonly n?: number }>

const id = fc.constantFrom('a', 'B', 'c-1', 'd.e', 'r7', 'r999')
const n = fc.integer({ min: 0, max: 3 })

/** One operation on the table `item`. */
export const operation = fc.oneof(
  fc.record({ kind: fc.constant('INSERT' as const), id, n }),
  fc.record({ kind: fc.constant('UPSERT' as const), id, n }),
  fc.record({ kind: fc.constant('PATCH' as const), id, n }),
  fc.record({ kind: fc.constant('DELETEONE' as const), id }),
  fc.record({ kind: fc.constant('UPDATEMANY' as const), from: n, n }),
  fc.record({ kind: fc.constant('DELETEMANY' as const), n }),
  fc.record({ kind: fc.constant('TRANSACT' as const), id, n, other: id }),
)

/** What a person commits in a clone. */
export const handwork = fc.oneof(
  fc.record({ kind: fc.constant('edit' as const), id, n }),
  fc.record({ kind: fc.constant('delete' as const), id }),
  fc.record({ kind: fc.constant('rename' as const), id, to: id }),
  fc.record({ kind: fc.constant('revert' as const) }),
  fc.record({ kind: fc.constant('merge' as const), id, other: id, n }),
)

export const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('batch' as const),
      operations: fc.array(operation, { minLength: 1, maxLength: 8 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('push' as const), work: handwork }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('seal' as const, 'restart' as const, 'kill' as const, 'upkeep' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fill' as const), count: fc.constantFrom(20, 1_001) }) },
)

type Of<T> = T extends fc.Arbitrary<infer V> ? V : never
export type Operation = Of<typeof operation>
export type Handwork = Of<typeof handwork>
export type Step = Of<typeof step>

/** The table after the operation, or the code of its error. */
export function after(now: Records, operation: Operation): Records | 'conflict' | 'not_found' {
  const next = new Map(now)
  switch (operation.kind) {
    case 'INSERT':
      return now.has(operation.id) ? 'conflict' : next.set(operation.id, { _id: operation.id, n: operation.n })
    case 'UPSERT':
      return next.set(operation.id, { _id: operation.id, n: operation.n })
    case 'PATCH':
      if (!now.has(operation.id)) return 'not_found'
      return next.set(operation.id, { ...now.get(operation.id)!, n: operation.n })
    case 'DELETEONE':
      next.delete(operation.id)
      return next
    case 'UPDATEMANY':
      for (const [id, record] of now) if (record.n === operation.from) next.set(id, { ...record, n: operation.n })
      return next
    case 'DELETEMANY':
      for (const [id, record] of now) if (record.n === operation.n) next.delete(id)
      return next
    case 'TRANSACT':
      if (now.has(operation.other)) return 'conflict'
      return next
        .set(operation.other, { _id: operation.other })
        .set(operation.id, { _id: operation.id, n: operation.n })
    default:
      return operation satisfies never
  }
}

/** The operation as it is asked for. */
export function requestOf(operation: Operation): { name: string; parameters: Record<string, unknown> } {
  const table = 'item'
  switch (operation.kind) {
    case 'INSERT':
    case 'UPSERT':
      return { name: operation.kind, parameters: { table, record: { _id: operation.id, n: operation.n } } }
    case 'PATCH':
      return { name: 'PATCH', parameters: { table, id: operation.id, patch: { n: operation.n } } }
    case 'DELETEONE':
      return { name: 'DELETEONE', parameters: { table, query: { _id: operation.id } } }
    case 'UPDATEMANY':
      return { name: 'UPDATEMANY', parameters: { table, query: { n: operation.from }, record: { n: operation.n } } }
    case 'DELETEMANY':
      return { name: 'DELETEMANY', parameters: { table, query: { n: operation.n } } }
    case 'TRANSACT': {
      const insert = { operation: 'INSERT', table, record: { _id: operation.other } }
      const upsert = { operation: 'UPSERT', table, record: { _id: operation.id, n: operation.n } }
      return { name: 'TRANSACT', parameters: { operations: [insert, upsert] } }
    }
    default:
      return operation satisfies never
  }
}

export function isSame(one: Records, other: Records): boolean {
  return changedIds(one, other).length === 0
}

export function changedIds(before: Records, after: Records): string[] {
  const ids = [...new Set([...before.keys(), ...after.keys()])]
  return ids.filter((id) => before.get(id)?.n !== after.get(id)?.n || before.has(id) !== after.has(id))
}
