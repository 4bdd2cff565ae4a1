import { evaluate, type VariableLookup } from '../../feel/evaluate.ts'
import { toJson } from '../../feel/values/json.ts'
import { type FeelValue, isContext } from '../../feel/values/value.ts'
import type { ElementModel, Mapping } from '../compile/model.ts'
import type { Key, Variables } from '../key.ts'
import { IncidentRaised, isInner, type Run, uniqueDigits } from '../run.ts'
import type { ElementInstance } from '../state/rows.ts'
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

type Targets = Map<string, Mapping | Targets>

/**
 * The real engine makes one FEEL context of all mappings, nested for nested targets: a mapping sees the targets
 * before it, in its own context and those around it, a date among them as a date. `merging`: a nested target goes into what the variable
 * holds.
 */
function evaluateMappings(run: Run, scopeKey: Key, mappings: readonly Mapping[], merging: boolean): Variables {
  const scope = variablesFrom(run.state, scopeKey)
  const evaluateTargets = (targets: Targets, outer: VariableLookup, holds: (name: string) => unknown): Variables => {
    const results = new Map<string, unknown>()
    const lookup = { get: (name: string) => (results.has(name) ? results.get(name) : outer.get(name)) }
    for (const [name, target] of targets) {
      const held = merging ? contextOf(holds(name)) : {}
      results.set(
        name,
        target instanceof Map
          ? held && {
              ...held,
              ...evaluateTargets(target, lookup, (inner) => (Object.hasOwn(held, inner) ? held[inner] : undefined)),
            }
          : valueAt(run, scopeKey, mappings, target, lookup),
      )
    }
    return Object.fromEntries(results)
  }
  return toJson(evaluateTargets(nested(mappings), scope, scope.get)) as Variables
}

function nested(mappings: readonly Mapping[]): Targets {
  const root: Targets = new Map()
  for (const mapping of mappings) {
    let targets = root
    for (const name of mapping.target.slice(0, -1)) {
      const known = targets.get(name)
      const inner: Targets = known instanceof Map ? known : new Map()
      targets.set(name, inner)
      targets = inner
    }
    targets.set(mapping.target.at(-1)!, mapping)
  }
  return root
}

/** Null for what is no context and cannot take a nested target: then the whole becomes null (seen on Zeebe 8.6.0). */
function contextOf(value: unknown): Readonly<Record<string, unknown>> | null {
  if (value === undefined || value === null) return {}
  return isContext(value as FeelValue) ? (value as Record<string, unknown>) : null
}

function valueAt(
  run: Run,
  scopeKey: Key,
  mappings: readonly Mapping[],
  mapping: Mapping,
  lookup: VariableLookup,
): unknown {
  const { feel, failure, warnings } = evaluate(mapping.source, lookup, run.now, () => uniqueDigits(run))
  if (failure === undefined) return feel
  const all = mappings.map(({ source, target }) => `${target.join('.')}:${sourceOf(source)}`).join(',')
  const ofAll = failure.replace(`'${sourceOf(mapping.source)}'`, () => `'{${all}}'`)
  throw mappingFailure(ofAll, warnings, scopeKey)
}

function mappingFailure(failure: string, warnings: readonly string[], scopeKey: Key): IncidentRaised {
  const reported =
    warnings.length === 0 ? '' : ` The evaluation reported the following warnings:\n${warnings.join('\n')}`
  return new IncidentRaised('IO_MAPPING_ERROR', `${failure}${reported}`, scopeKey)
}
