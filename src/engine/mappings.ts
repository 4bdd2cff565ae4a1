import type { Key, Variables } from './command.ts'
import type { ElementModel, Mapping } from './compile/model.ts'
import { evaluate } from '../feel/evaluate.ts'
import { IncidentRaised, isInner, type Run } from './run.ts'
import type { ElementInstance } from './state.ts'
import { sourceOf } from './expressions.ts'
import { localVariables, propagate, setLocal, variablesFrom } from './variables.ts'

/** Input mappings, in order, set the element's own variables; all of them or, where one fails, none. */
export function applyInputs(run: Run, instance: ElementInstance, element: ElementModel): void {
  if (element.inputs.length > 0) setLocal(run, instance.key, evaluateMappings(run, instance.key, element.inputs, false))
}

/**
 * What a job, a message or a child scope brought goes up: with output mappings what they name (after it became
 * local), without them everything. In a multi-instance body an activity's outputs stay its own.
 */
export function applyOutputs(run: Run, instance: ElementInstance, element: ElementModel, brought: Variables): void {
  if (element.outputs.length === 0) {
    propagate(run, instance.key, brought)
    return
  }
  setLocal(run, instance.key, brought)
  const target = isInner(run, instance) ? instance.key : instance.scopeKey
  propagate(run, target, evaluateMappings(run, instance.key, element.outputs, true))
}

/** An event's variables are set on its own instance first, and go up from there. */
export function propagateLocal(run: Run, instance: ElementInstance): void {
  propagate(run, instance.scopeKey, localVariables(run.state, instance.key))
}

/** A mapping sees the targets of those before it. `merging`: a nested target goes into what the variable holds. */
function evaluateMappings(run: Run, scopeKey: Key, mappings: readonly Mapping[], merging: boolean): Variables {
  const results = new Map<string, unknown>()
  const outer = variablesFrom(run.state, scopeKey)
  const lookup = { get: (name: string) => (results.has(name) ? results.get(name) : outer.get(name)) }
  for (const { source, target } of mappings) {
    const evaluation = evaluate(source, lookup, run.now)
    if (evaluation.failure !== undefined) throw mappingFailure(mappings, evaluation.failure, evaluation.warnings, scopeKey)
    const [name, ...path] = target as [string, ...string[]]
    const previous = results.has(name) ? results.get(name) : merging ? outer.get(name) : undefined
    results.set(name, placed(path, evaluation.value, previous))
  }
  return Object.fromEntries(results)
}

/** `{b: {c: value}}` for the path `b.c`, merged into what is there already. */
function placed(path: readonly string[], value: unknown, into: unknown): unknown {
  const [name, ...rest] = path
  if (name === undefined) return value
  const object = typeof into === 'object' && into !== null && !Array.isArray(into) ? (into as Record<string, unknown>) : {}
  const there = Object.hasOwn(object, name) ? object[name] : undefined
  return { ...object, [name]: placed(rest, value, there) }
}

function mappingFailure(mappings: readonly Mapping[], failure: string, warnings: readonly string[], scopeKey: Key) {
  const all = mappings.map(({ source, target }) => `${target.join('.')}:${sourceOf(source)}`).join(',')
  const reported = warnings.length === 0 ? '' : ` The evaluation reported the following warnings:\n${warnings.join('\n')}`
  return new IncidentRaised(
    'IO_MAPPING_ERROR',
    `Assertion failure on evaluate the expression '{${all}}': ${failure}${reported}`,
    scopeKey,
  )
}
