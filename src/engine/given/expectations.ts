import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import type { Variables } from '../key.ts'
import { incidents } from '../state/state.ts'
import type { Lived, World } from './world.ts'

/** Something that has to be so; throws an AssertionError where it is not. */
export type Expectation = (world: World) => void

/** So many instances of a process have completed (all that ended did). */
export function completed(bpmnProcessId: string, times = 1): Expectation {
  return (world) => ended(world, bpmnProcessId, 'completed', times)
}

/** So many instances of a process were terminated. */
export function terminated(bpmnProcessId: string, times = 1): Expectation {
  return (world) => ended(world, bpmnProcessId, 'terminated', times)
}

/** These elements run now, and no others but the scopes around them. In any order; one that runs twice is named twice. */
export function waitsAt(...elementIds: string[]): Expectation {
  return (world) => {
    const rows = [...world.state.elements.values()]
    const scopes = new Set(rows.map(({ scopeKey }) => scopeKey))
    const running = rows.filter(({ key }) => !scopes.has(key)).map(({ elementId }) => elementId)
    assert.deepEqual(running.sort(), [...elementIds].sort(), `what waits${told(world)}`)
  }
}

/** These elements completed in this order; others may have in between. */
export function passed(...elementIds: string[]): Expectation {
  return (world) => {
    const completed = world.lived.filter(({ state }) => state === 'COMPLETED').map(({ elementId }) => elementId)
    let at = 0
    for (const id of elementIds) {
      const found = completed.indexOf(id, at)
      if (found < 0)
        assert.fail(`'${id}' did not complete${at > 0 ? ` after '${completed[at - 1]}'` : ''}${told(world)}`)
      at = found + 1
    }
  }
}

/** None of these elements was ever entered. */
export function neverEntered(...elementIds: string[]): Expectation {
  return (world) => {
    const entered = world.lived.find(({ elementId }) => elementIds.includes(elementId))
    if (entered !== undefined) assert.fail(`'${entered.elementId}' was entered${told(world)}`)
  }
}

/** An element completed at these instants (ISO 8601), and at no others. */
export function completedAt(elementId: string, ...instants: string[]): Expectation {
  return (world) => {
    const times = world.lived
      .filter((life) => life.elementId === elementId && life.state === 'COMPLETED')
      .map(({ at }) => new Date(at).toISOString())
    const expected = instants.map((instant) => new Date(instant).toISOString())
    assert.deepEqual(times, expected, `when '${elementId}' completed`)
  }
}

/** The last instance of a process has, or ended with, these variables; others it may have as well. */
export function hasVariables(bpmnProcessId: string, variables: Variables): Expectation {
  return (world) => {
    const found = variablesOf(world, bpmnProcessId)
    if (found === undefined) assert.fail(`no instance of '${bpmnProcessId}' began`)
    const named = Object.fromEntries(Object.keys(variables).map((name) => [name, found[name]]))
    if (!isDeepStrictEqual(named, variables)) assert.deepEqual(named, variables, `variables of '${bpmnProcessId}'`)
  }
}

/** There is an open incident at an element, whose message has the text in it. */
export function hasIncident(elementId: string, text = ''): Expectation {
  return (world) => {
    const open = incidents(world.state)
    const found = open.some((incident) => incident.elementId === elementId && incident.message.includes(text))
    const list = open.map((incident) => `\n  ${incident.elementId}: ${incident.type}: ${incident.message}`)
    if (!found)
      assert.fail(`no incident at '${elementId}'${text && ` says '${text}'`}; open are:${list.join('') || ' none'}`)
  }
}

export function hasNoIncident(): Expectation {
  return (world) => {
    const [open] = incidents(world.state)
    if (open !== undefined) assert.fail(`incident at '${open.elementId}': ${open.type}: ${open.message}`)
  }
}

function ended(world: World, bpmnProcessId: string, outcome: 'completed' | 'terminated', times: number): void {
  const ends = world.finished.filter((instance) => instance.bpmnProcessId === bpmnProcessId)
  const found = ends.filter((instance) => instance.outcome === outcome).length
  if (found !== times) assert.fail(`${found} instances of '${bpmnProcessId}' ${outcome}, not ${times}${told(world)}`)
}

function variablesOf({ state, finished }: World, bpmnProcessId: string): Variables | undefined {
  const running = [...state.elements.values()].findLast(
    (element) => element.scopeKey === -1 && element.bpmnProcessId === bpmnProcessId,
  )
  if (running !== undefined) return state.scopes.get(running.key)?.values ?? {}
  return finished.findLast((instance) => instance.bpmnProcessId === bpmnProcessId)?.variables
}

/** What happened so far, and what waits now. */
function told({ lived, state }: World): string {
  const lines = lived.map(
    ({ elementId, state: became, at }: Lived) => `  ${new Date(at).toISOString()} ${elementId} ${became}`,
  )
  const open = incidents(state).map(({ elementId, message }) => `  incident at ${elementId}: ${message}`)
  return `\nwhat happened:\n${[...lines, ...open].join('\n') || '  nothing'}`
}
