import jsonPatch, { type Operation as PatchOperation } from 'fast-json-patch'
import { CommitbaseError, messageOf } from '../../errors.ts'
import { copyJson, isObject, type JsonObject, shorten, shown } from '../json/json.ts'
import { isSame, takeRecord } from './record.ts'

/** A merge patch (RFC 7386): an object. Or a JSON Patch (RFC 6902): a list of operations. */
export type Patch = Readonly<JsonObject> | readonly PatchStep[]

/** One operation of a JSON Patch. */
export interface PatchStep {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test'
  readonly path: string
  readonly from?: string
  readonly value?: unknown
}

/** What came as a patch, checked and copied. Throws `invalid`. */
export function takePatch(patch: unknown): Patch {
  if (!isObject(patch) && !Array.isArray(patch))
    throw new CommitbaseError(
      'invalid',
      `patch must be an object (a merge patch, RFC 7386) or a list of operations (a JSON Patch, RFC 6902); got ${shown(patch)}`,
    )
  return copyJson(patch, 'patch') as Patch
}

/**
 * The record as the patch makes it; the given one stays as it is. Throws `conflict` where a `test` fails, and `invalid`, naming
 * the operation, where one cannot be done, where the result is no record, or where it has another `_id`.
 */
export function applyPatch<T extends JsonObject>(record: T, patch: Patch): T {
  const patched = Array.isArray(patch) ? applySteps(record, patch) : mergePatch(record, patch)
  if (isObject(patched) && patched._id === record._id) return takeRecord(patched) as T
  const came = isObject(patched) ? `_id ${shown(patched._id)}` : shown(patched)
  throw new CommitbaseError(
    'invalid',
    `a patch must leave a record with the _id '${record._id}'; got ${came}; leave _id alone, or insert a new record`,
  )
}

/** What turns one document into the other, as a JSON Patch. `undefined`: there is none; the path of all of it is empty. */
export function diffDocuments(before: JsonObject | undefined, after: JsonObject | undefined): PatchStep[] {
  if (before && after) return (jsonPatch.compare(before, after) as PatchStep[]).map((step) => valueFrom(after, step))
  if (after) return [{ op: 'add', path: '', value: after }]
  return before ? [{ op: 'remove', path: '' }] : []
}

/** Its own value is a copy by way of text. What comes after another item of a list stays where it is, so that the place is that of the second document. */
function valueFrom(after: JsonObject, step: PatchStep): PatchStep {
  return step.op === 'remove' ? step : { ...step, value: valueAt(after, step.path) }
}

/** RFC 7386 §2: `null` takes a key away, an object is merged, anything else is put. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch
  const merged: JsonObject = isObject(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key]
    else merged[key] = mergePatch(Object.hasOwn(merged, key) ? merged[key] : undefined, value)
  }
  return merged
}

/** One operation at a time: a few copies of copies would fill the memory. */
function applySteps(record: JsonObject, steps: readonly PatchStep[]): unknown {
  let document: unknown = structuredClone(record)
  for (const [index, step] of steps.entries()) {
    document = applyStep(document, step, index)
    if (step.op === 'copy' && JSON.stringify(document).length > largest)
      throw refusal(step, index, `the record would have more than ${largest.toLocaleString('en')} characters`)
  }
  return document
}

/** Characters: no record has more. */
const largest = 1_048_576

function applyStep(document: unknown, step: PatchStep, index: number): unknown {
  try {
    const error = jsonPatch.validate([step as PatchOperation])
    if (error) throw error
    const problem = spellingProblem(step) ?? sourceProblem(document, step)
    if (problem) throw refusal(step, index, problem)
    if (step.op === 'test') return tested(document, step, index)
    return changesOf(document, step).reduce((met, change) => {
      const problem = placeProblem(met, change)
      if (problem) throw refusal(step, index, problem)
      return changed(met, change)
    }, document)
  } catch (error) {
    if (error instanceof CommitbaseError) throw error
    throw refusal(step, index, messageOf(error).split('\n')[0]!, error)
  }
}

function tested(document: unknown, step: PatchStep, index: number): unknown {
  if (placeProblem(document, step) === undefined && isSame(valueAt(document, step.path), step.value)) return document
  throw failedTest(step, index)
}

/** What there is beside `add`, `remove` and `replace`, in terms of them: fast-json-patch copies by way of text, which V8 may read wrongly (`readJson`). */
function changesOf(document: unknown, step: PatchStep): PatchStep[] {
  const { op, path, from } = step
  if (op === 'copy') return [{ op: 'add', path, value: structuredClone(valueAt(document, from!)) }]
  // The patch may be done again, and later operations change what this one has put.
  if (op === 'add' || op === 'replace') return [{ op, path, value: structuredClone(step.value) }]
  if (op !== 'move') return [step]
  const added: PatchStep = { op: 'add', path, value: valueAt(document, from!) }
  return from === path ? [] : [{ op: 'remove', path: from! }, added]
}

/** The library's ban of names is left out: `placeProblem` has followed own keys alone, and none is `__proto__`. */
function changed(document: unknown, step: PatchStep): unknown {
  return jsonPatch.applyOperation(document, step as PatchOperation, true, true, false).newDocument
}

/** RFC 6901 §3. */
function spellingProblem(step: PatchStep): string | undefined {
  const wrong = [step.path, sourceOf(step) ?? ''].find((pointer) => !/^(?:\/(?:[^~/]|~[01])*)*$/.test(pointer))
  return wrong === undefined ? undefined : `${shown(wrong)} is no JSON Pointer (RFC 6901)`
}

/** Other operations may carry a `from` that means nothing. */
function sourceOf({ op, from }: PatchStep): string | undefined {
  return op === 'move' || op === 'copy' ? from : undefined
}

function sourceProblem(document: unknown, step: PatchStep): string | undefined {
  const from = sourceOf(step)
  if (from === undefined) return undefined
  const isInside = step.op === 'move' && step.path !== from && `${step.path}/`.startsWith(`${from}/`)
  return isInside ? 'what is moved cannot go into itself' : wayProblem(document, from)
}

/** What `add` puts needs only the way to its place; everything else must be there (RFC 6902 §4). */
function placeProblem(document: unknown, { op, path }: PatchStep): string | undefined {
  if (op !== 'add') return wayProblem(document, path)
  if (path === '') return undefined
  const end = path.lastIndexOf('/')
  const problem = wayProblem(document, path.slice(0, end))
  if (problem) return problem
  const parent = valueAt(document, path.slice(0, end))
  const key = path.slice(end + 1)
  if (key === '__proto__') return "the key '__proto__' is not allowed"
  if (Array.isArray(parent)) {
    if (key === '-' || (isIndex(key) && Number(key) <= parent.length)) return undefined
    return isIndex(key) ? `the list has ${parent.length} items` : `'${key}' is no index of a list`
  }
  return isObject(parent) ? undefined : `there is neither an object nor a list at '${path.slice(0, end)}'`
}

/** A pointer (RFC 6901) leads over own keys and over indexes without leading zeros: not over what JavaScript adds to them. */
function wayProblem(document: unknown, pointer: string): string | undefined {
  let value = document
  for (const part of pointer.split('/').slice(1)) {
    const key = jsonPatch.unescapePathComponent(part)
    const isThere = Array.isArray(value)
      ? isIndex(key) && Number(key) < value.length
      : isObject(value) && Object.hasOwn(value, key)
    if (!isThere) return `there is nothing at ${shown(pointer)}`
    value = (value as JsonObject)[key]
  }
  return undefined
}

/** What is there: `wayProblem` has found it. */
function valueAt(document: unknown, pointer: string): unknown {
  const keys = pointer.split('/').slice(1).map(jsonPatch.unescapePathComponent)
  return keys.reduce((value, key) => (value as JsonObject)[key], document)
}

function isIndex(key: string): boolean {
  return /^(0|[1-9]\d*)$/.test(key)
}

function failedTest(step: PatchStep, index: number): CommitbaseError {
  return new CommitbaseError(
    'conflict',
    `patch: the test at /${index} failed: ${shown(step.path)} is not ${shown(step.value)}; read the record again`,
  )
}

function refusal(step: PatchStep, index: number, problem: string, cause?: unknown): CommitbaseError {
  return new CommitbaseError(
    'invalid',
    `patch: the operation at /${index} cannot be done: ${problem}; got ${shorten(JSON.stringify(step))}`,
    {
      cause,
    },
  )
}
