import { isDeepStrictEqual } from 'node:util'
import { variableOf } from '../../feel/expression.ts'
import type { ElementModel, MultiInstance } from '../compile/model.ts'
import { onBehalfOf } from '../instanceFailed.ts'
import type { Key } from '../key.ts'
import { isScopeDone } from '../lifecycle/openScopes.ts'
import { terminateChildren } from '../lifecycle/terminating.ts'
import { activated, activateIn, queueCompletion } from '../lifecycle/transitions.ts'
import { countCollected, countEntered, forgetEntered } from '../loopGuards.ts'
import { type Behaviour, elementOf, emit, IncidentRaised, nextKey, queue, type Run } from '../run.ts'
import type { ElementInstance } from '../state/rows.ts'
import { firstResting } from '../state/state.ts'
import { evaluateArray, evaluateBoolean, evaluateIn, sourceOf } from '../variables/expressions.ts'
import { localVariables, propagate, replaceLocal, setLocal, variablesFrom } from '../variables/variables.ts'
import { subscribe } from '../waiting/subscribe.ts'
import { unsubscribe } from '../waiting/unsubscribe.ts'

/**
 * BPMN 2.0.2 §13.3.7: around the instances of a multi-instance activity. Each instance has its item and `loopCounter`;
 * only the output collection leaves the body. A sequential one reads its input collection again for each instance, as
 * the real engine does. Boundary events are the body's, input and output mappings each instance's.
 */
export const multiInstanceBody: Behaviour = {
  activate(run, instance, element) {
    const loop = element.multiInstance!
    const items = itemsFor(run, instance.key, instance, loop)
    if (items.length > mostInstances) throw tooMany(loop, items.length, instance)
    subscribe(run, instance, element)
    activated(run, instance)
    if (loop.outputCollection !== undefined) {
      setLocal(run, instance.key, { [loop.outputCollection]: items.map(() => null) })
    }
    if (items.length === 0) queueCompletion(run, instance)
    else startInstances(run, instance, element, loop.sequential ? 1 : items.length)
  },
  complete(run, instance, element) {
    unsubscribe(run, instance)
    const output = element.multiInstance!.outputCollection
    const values = localVariables(run.state, instance.key)
    if (output !== undefined && Object.hasOwn(values, output)) {
      propagate(run, instance.scopeKey, { [output]: values[output] })
    }
  },
  beforeChildCompletes(run, scope, element, child) {
    const loop = element.multiInstance!
    collectOutput(run, scope, loop, child)
    const satisfied = loop.completionCondition !== undefined && isSatisfied(run, scope, loop, child)
    const more = loop.sequential && child.loopCounter! < itemsFor(run, scope.key, scope, loop).length
    if (satisfied) return 'satisfied'
    return more ? 'next' : 'wait'
  },
  childEnded(run, scope, element, verdict) {
    if (verdict === 'satisfied') terminateChildren(run, scope.key)
    if (verdict === 'satisfied' && scope.rest) startNoMore(run, scope)
    if (verdict === 'next') startInstances(run, scope, element, 1)
    else if ((verdict === 'satisfied' || !scope.rest) && isScopeDone(run, scope)) queueCompletion(run, scope)
  },
}

/** More at once would keep everybody waiting for seconds. */
const mostInstances = 50_000

function tooMany({ inputCollection }: MultiInstance, count: number, body: ElementInstance): IncidentRaised {
  return new IncidentRaised(
    'EXTRACT_VALUE_ERROR',
    `Expected result of the expression '${sourceOf(inputCollection)}' to have at most ${mostInstances} items, but it has ${count}.`,
    body.key,
  )
}

/** The variables of one instance, set before its input mappings. Again after an incident: its item may have changed. */
export function enterInstance(run: Run, instance: ElementInstance, body: ElementInstance, element: ElementModel): void {
  const loop = element.multiInstance!
  const items = itemsFor(run, instance.key, body, loop)
  const index = instance.loopCounter! - 1
  if (index >= items.length) throw noItem(index, items.length, instance)
  const output = variableOf(loop.outputElement)
  setLocal(run, instance.key, {
    ...(loop.inputElement !== undefined && { [loop.inputElement]: items[index] }),
    ...(output !== undefined && output !== loop.inputElement && { [output]: null }),
    loopCounter: instance.loopCounter,
  })
}

function noItem(index: number, size: number, { key }: ElementInstance): IncidentRaised {
  const message = `Expected to read item at index ${index} of the multiInstanceBody input collection but it contains only ${size} elements. The input collection might be modified while iterating over it.`
  return new IncidentRaised('EXTRACT_VALUE_ERROR', message, key)
}

/** The input collection as a scope sees it: within a command it is evaluated again only where a variable that it reads has changed. */
function itemsFor(run: Run, scopeKey: Key, body: ElementInstance, loop: MultiInstance): readonly unknown[] {
  const { inputCollection } = loop
  const names = inputCollection.kind === 'feel' ? inputCollection.variables : []
  const variables = variablesFrom(run.state, scopeKey)
  const known = run.items.get(body.key)
  if (known?.reads.every((value, index) => variables.get(names[index]!) === value)) return known.items
  const items = evaluateArray(run, scopeKey, inputCollection)
  run.items.set(body.key, { items, reads: names.map((name) => variables.get(name)) })
  return items
}

/** Bodies that could not start all of their instances in one command start more of them, the oldest first, while others need not wait long for it. */
export function resumeBodies(run: Run, runSteps: (run: Run) => void, banned: ReadonlySet<Key>): void {
  forgetEntered(run)
  while (!hasDoneEnough(run)) {
    const body = firstResting(run.state, banned)
    if (body === undefined) return
    onBehalfOf(body.processInstanceKey, () => {
      startInstances(run, body, elementOf(run, body), body.rest!)
      runSteps(run)
    })
  }
}

/** So many at once. The others wait for the next tick: a long collection keeps nobody else waiting. */
const mostAtOnce = 1000

/** Starts as many of the next instances as one command may; `rest`: how many there are to start. A sequential body has one. */
function startInstances(run: Run, body: ElementInstance, element: ElementModel, rest: number): void {
  const { sequential, outputCollection } = element.multiInstance!
  const started = body.loopCounter ?? 0
  const copied = outputCollection === undefined ? 1 : started + rest
  const slice = Math.min(Math.max(1, Math.floor(mostCopied / copied)), mostAtOnce)
  const count = hasDoneEnough(run) ? 0 : Math.min(rest, slice)
  emit(run, { type: 'MULTI_INSTANCE_ADVANCED', key: body.key, loopCounter: started + count, rest: rest - count })
  if (count === 0) return
  if (sequential) activateIn(run, body, element.id, started + 1)
  else {
    countEntered(run, body, count)
    queue(run, {
      type: 'activateInstances',
      key: body.key,
      batchKey: nextKey(run),
      elementId: element.id,
      from: started + 1,
      count,
    })
  }
}

function startNoMore(run: Run, { key, loopCounter = 0 }: ElementInstance): void {
  emit(run, { type: 'MULTI_INSTANCE_ADVANCED', key, loopCounter, rest: 0 })
}

/** Each output copies the whole collection. */
const mostCopied = 2_000_000

/** A command that has entered so many elements starts no more instances. */
function hasDoneEnough({ entered }: Run): boolean {
  return entered.count >= 20_000 || entered.collected >= 2 * mostCopied
}

function collectOutput(run: Run, body: ElementInstance, loop: MultiInstance, child: ElementInstance): void {
  if (loop.outputCollection === undefined || loop.outputElement === undefined) return
  const { value } = evaluateIn(run, child.key, loop.outputElement)
  const collected = localVariables(run.state, body.key)[loop.outputCollection]
  const index = child.loopCounter! - 1
  if (!Array.isArray(collected) || index >= collected.length) throw noPlaceFor(loop, collected, index, body)
  if (isDeepStrictEqual(collected[index], value)) return
  countCollected(run, child, collected.length)
  replaceLocal(run, body.key, loop.outputCollection, collected.with(index, value))
}

function noPlaceFor(loop: MultiInstance, collected: unknown, index: number, body: ElementInstance): IncidentRaised {
  const why = Array.isArray(collected)
    ? `at position ${index + 1} because the size of the collection is: ${collected.length}`
    : `because the type of the output collection is: ${storedType(collected)}`
  return new IncidentRaised(
    'EXTRACT_VALUE_ERROR',
    `Unable to update an item in output collection '${loop.outputCollection}' ${why}. This may happen when multiple BPMN elements write to the same variable.`,
    body.key,
  )
}

/** In the words of the real engine's store. */
function storedType(value: unknown): string {
  if (typeof value === 'number') return Number.isInteger(value) ? 'INTEGER' : 'FLOAT'
  if (value === null || value === undefined) return 'NIL'
  return typeof value === 'object' ? 'MAP' : (typeof value).toUpperCase()
}

/** Zeebe: the counters know the instances that were created so far, and count the one that is about to complete as completed. */
function isSatisfied(run: Run, body: ElementInstance, loop: MultiInstance, child: ElementInstance): boolean {
  const active = run.state.elements.count('byScope', body.key) - 1
  const { loopCounter: created = 0, terminatedInstances: terminated = 0 } = body
  const counters: Record<string, number> = {
    numberOfInstances: created,
    numberOfActiveInstances: active,
    numberOfCompletedInstances: created - active - terminated,
    numberOfTerminatedInstances: terminated,
  }
  const variables = variablesFrom(run.state, child.key)
  return evaluateBoolean(run, child.key, loop.completionCondition!, {
    get: (name) => counters[name] ?? variables.get(name),
  })
}
