import type { ValidateFunction } from 'ajv/dist/2020.js'
import { CommitbaseError } from '../../errors.ts'
import type { Path } from '../../git/trees/path.ts'
import type { WorkingTree } from '../../git/trees/workingTree.ts'
import { isObject, parseJson, shown } from '../json/json.ts'
import { pointerBelow } from '../json/jsonPointer.ts'
import { compileSchema } from '../schemas/compileSchema.ts'
import { nameProblem } from './names.ts'

/** The file beside the tables with what holds for the whole database. */
export const settingsFile = '.commitbase.json'

/** An index of a table, as it is declared. */
export interface IndexSettings {
  /** Paths such as `sku` or `place.row`; a list on the way stands for each of its members, as in a query. */
  readonly fields: readonly string[]
  /** Whether two records may not have the same values there. */
  readonly unique: boolean
}

/** How long something is kept: the newest so many, and none for longer than so many days. */
export interface Keeping {
  readonly days: number
  readonly most: number
}

/** What `.commitbase.json` says: the indexes by table, how long receipts are kept, and how long the engine's history. */
export interface DatabaseSettings {
  readonly indexes: ReadonlyMap<string, readonly IndexSettings[]>
  readonly receipts: Keeping
  /** `most`: of the engine's keys; an instance of three elements takes some fifteen. */
  readonly engine: Keeping
}

/** The settings in a tree, within its `now`; none where the file is not there. Throws `invalid`, naming file and place (JSON Pointer), where it is no settings file. */
export function readSettings(tree: WorkingTree, basedir: Path): DatabaseSettings {
  const path = [...basedir, settingsFile]
  const file = tree.getNow(path)
  if (!file) return noSettings
  const name = path.join('/')
  if (file.kind !== 'file') throw new CommitbaseError('conflict', `${name} is not a file; remove it`)
  const known = parsed.get(`${file.oid} ${name}`)
  if (known) return known
  const bytes = tree.readBlobNow(file.oid)
  const settings = parseSettings(bytes, name)
  if (parsed.size >= mostParsed) parsed.delete(parsed.keys().next().value!)
  parsed.set(`${file.oid} ${name}`, settings)
  return settings
}

/** GitHub runs a workflow again for 30 days: what is repeated by then is known. */
const keeping: Keeping = { days: 90, most: 1_000_000 }

/** At 5 KB an instance on the disk as it is written: some gigabytes, and twice as many before the first go. */
const engineKeeping: Keeping = { days: 30, most: 10_000_000 }

/** Where the file is not there. */
export const noSettings: DatabaseSettings = { indexes: new Map(), receipts: keeping, engine: engineKeeping }

/** Each write asks; by blob id and path, the oldest forgotten first. */
const parsed = new Map<string, DatabaseSettings>()
const mostParsed = 20

/** The form of the file. */
export const settingsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    receipts: {
      type: 'object',
      additionalProperties: false,
      properties: {
        days: { type: 'integer', minimum: 1 },
        // What was applied and is not marked as done in the hub's journal must be known when it comes again.
        most: { type: 'integer', minimum: 10_000 },
      },
    },
    engine: {
      type: 'object',
      additionalProperties: false,
      properties: {
        days: { type: 'integer', minimum: 1 },
        most: { type: 'integer', minimum: 10_000 },
      },
    },
    tables: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        properties: {
          indexes: {
            type: 'array',
            maxItems: 32,
            items: {
              type: 'object',
              additionalProperties: false,
              required: ['fields'],
              properties: {
                fields: { type: 'array', minItems: 1, maxItems: 8, uniqueItems: true, items: { type: 'string' } },
                unique: { type: 'boolean' },
              },
            },
          },
        },
      },
    },
  },
}

let validate: ValidateFunction | undefined

interface SettingsText {
  readonly receipts?: Partial<Keeping>
  readonly engine?: Partial<Keeping>
  readonly tables?: Readonly<Record<string, { readonly indexes?: readonly { fields: string[]; unique?: boolean }[] }>>
}

function parseSettings(bytes: Buffer, name: string): DatabaseSettings {
  const given = parseJson(bytes, name)
  validate ??= compileSchema(settingsSchema)
  if (!validate(given)) {
    const { instancePath, message, params } = validate.errors![0]!
    const extra = 'additionalProperty' in params ? ` ('${params.additionalProperty}')` : ''
    refuse(name, instancePath, `${message}${extra}`, valueAt(given, instancePath))
  }
  const { receipts, engine, tables = {} } = given as SettingsText
  const indexes = new Map<string, IndexSettings[]>()
  for (const [table, settings] of Object.entries(tables)) {
    const at = pointerBelow('/tables', table)
    const problem = nameProblem(table)
    if (problem) refuse(name, at, `a table's name ${problem}`, table)
    const declared = (settings.indexes ?? []).map(({ fields, unique = false }) => ({ fields, unique }))
    checkFields(name, `${at}/indexes`, declared)
    if (declared.length > 0) indexes.set(table, declared)
  }
  return { indexes, receipts: { ...keeping, ...receipts }, engine: { ...engineKeeping, ...engine } }
}

function checkFields(name: string, at: string, indexes: readonly IndexSettings[]): void {
  const seen = new Set<string>()
  for (const [place, { fields }] of indexes.entries()) {
    for (const [index, field] of fields.entries()) {
      if (!isPath(field))
        refuse(name, `${at}/${place}/fields/${index}`, 'must be a path such as sku or place.row', field)
    }
    const key = JSON.stringify(fields)
    if (seen.has(key)) refuse(name, `${at}/${place}`, 'there is an index on these fields already', fields)
    seen.add(key)
  }
}

/** Keys with dots between them; none is empty, an operator, or JavaScript's prototype. */
function isPath(field: string): boolean {
  const keys = field.split('.')
  return field.length <= 256 && keys.every((key) => key !== '' && !key.startsWith('$') && key !== '__proto__')
}

function valueAt(value: unknown, pointer: string): unknown {
  const keys = pointer.split('/').slice(1)
  return keys.reduce<unknown>((inner, key) => {
    const name = key.replaceAll('~1', '/').replaceAll('~0', '~')
    return isObject(inner) || Array.isArray(inner) ? (inner as Record<string, unknown>)[name] : undefined
  }, value)
}

function refuse(name: string, at: string, problem: string, came: unknown): never {
  throw new CommitbaseError('invalid', `${name}${at === '' ? '' : ` at ${at}`}: ${problem}; got ${shown(came)}`)
}
