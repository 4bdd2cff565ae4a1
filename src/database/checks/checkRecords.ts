import type { Oid } from '../../git/objects/object.ts'
import type { Path } from '../../git/trees/path.ts'
import type { WorkingTree } from '../../git/trees/workingTree.ts'
import { type RecordSchema, readSchema, schemaFile } from '../schemas/schema.ts'
import { readRecord } from '../tables/record.ts'
import { idDigits, tableFanout } from '../tables/tableFolder.ts'
import { attempt } from './attempt.ts'

/** What a person's push would break, and where. */
export interface Problem {
  readonly path: string
  readonly reason: string
}

/** A file that should hold a record. */
export interface RecordFile {
  readonly path: Path
  readonly id: string
  readonly oid: Oid
}

/** What is wrong with those records of a table, and with its schema. */
export async function checkRecords(tree: WorkingTree, table: Path, files: readonly RecordFile[]): Promise<Problem[]> {
  const [schema, schemaReason] = await attempt(async () => tree.now(() => readSchema(tree, table)))
  const problems: Problem[] = schemaReason ? [{ path: [...table, schemaFile].join('/'), reason: schemaReason }] : []
  for (let from = 0; from < files.length; from += together) {
    const some = files.slice(from, from + together)
    const blobs = await tree.readBlobs(some.map(({ oid }) => oid))
    for (const [index, file] of some.entries()) {
      const reason = contentProblem(blobs[index]!, file, schema) ?? (await placeProblem(tree, table, file))
      if (reason) problems.push({ path: file.path.join('/'), reason })
    }
  }
  return problems
}

/** So many files are held in memory at a time. */
const together = 256

function contentProblem(bytes: Buffer, { id }: RecordFile, schema: RecordSchema | undefined): string | undefined {
  const read = readRecord(bytes, id)
  if ('reason' in read) return read.reason
  const broken = schema?.problem(read.record)
  return broken && `it breaks the table's schema: ${broken}`
}

async function placeProblem(tree: WorkingTree, table: Path, { path, id }: RecordFile): Promise<string | undefined> {
  const folders = path.slice(table.length, -1).join('')
  if (!idDigits(id).startsWith(folders))
    return `it is in a wrong folder, where nobody would find it; put it into ${table.join('/')}/`
  const fanout = tableFanout(tree, table)
  const [twin, reason] = await attempt(async () =>
    tree.now(() => (fanout.findNow(id) ? fanout.twinNow(id) : undefined)),
  )
  return twin ? `its _id differs only in case from that of ${twin.path.join('/')}; choose another` : reason
}
