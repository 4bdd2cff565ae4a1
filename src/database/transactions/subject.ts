import type { Path } from '../../git/trees/path.ts'
import { oneLine } from './trailers.ts'
import type { Change } from './transaction.ts'

/** A commit's first line: `UPSERT stock/sku-1` for one change; for more, what made them and how many records of which tables. */
export function subjectOf(title: string, changed: readonly Change[]): string {
  const distinct =
    changed.length === 1 ? changed : [...new Map(changed.map((change) => [placeOf(change), change])).values()]
  if (distinct.length === 1) return `${distinct[0]!.operation} ${placeOf(distinct[0]!)}`.trimEnd()
  const tables = [...new Set(distinct.flatMap(({ table }) => table ?? []))]
  const records = distinct.filter(({ id }) => id !== undefined).length
  if (tables.length === 1 && records === distinct.length) return `${oneLine(title)} ${tables[0]} (${count(records)})`
  return `${oneLine(title)}: ${records > 0 ? `${count(records)} in` : 'tables'} ${listed(tables)}`
}

/** The first line of a commit that only moves a table's records into folders. */
export function splitSubjectOf(table: Path, moved: number): string {
  return `SPLIT ${table.at(-1)}: ${count(moved)} into folders`
}

function placeOf({ table, id }: Change): string {
  return id === undefined ? (table ?? '') : `${table}/${id}`
}

function count(records: number): string {
  return `${records.toLocaleString('en')} ${records === 1 ? 'record' : 'records'}`
}

const mostListed = 3

function listed(tables: readonly string[]): string {
  if (tables.length <= mostListed) return tables.join(', ')
  return `${tables.slice(0, mostListed).join(', ')} and ${tables.length - mostListed} more`
}
