import type { ZeebeRecord } from '../../src/engine/records/record.ts'

/** What holds of every stream of records, whatever the model is; empty where it does. */
export function brokenInvariants(records: readonly ZeebeRecord[]): string[] {
  const events = records.filter(({ recordType }) => recordType === 'EVENT')
  return [...positions(records), ...lives(events), ...begunAndEnded(events), ...scopes(events)]
}

/** Positions go up by one. */
function positions(records: readonly ZeebeRecord[]): string[] {
  return records.flatMap(({ position }, index) => {
    const before = records[index - 1]?.position
    return before === undefined || position === before + 1 ? [] : [`position ${position} follows ${before}`]
  })
}

/** What may follow each state of an element's life. Some begin and end at once. */
const next: Readonly<Record<string, readonly string[]>> = {
  none: ['ELEMENT_ACTIVATING'],
  ELEMENT_ACTIVATING: ['ELEMENT_ACTIVATED', 'ELEMENT_TERMINATING', 'ELEMENT_MIGRATED', 'ANCESTOR_MIGRATED'],
  ELEMENT_ACTIVATED: ['ELEMENT_COMPLETING', 'ELEMENT_TERMINATING', 'ELEMENT_MIGRATED', 'ANCESTOR_MIGRATED'],
  ELEMENT_MIGRATED: ['ELEMENT_ACTIVATED', 'ELEMENT_COMPLETING', 'ELEMENT_TERMINATING', 'ELEMENT_MIGRATED'],
  ELEMENT_COMPLETING: ['ELEMENT_COMPLETED', 'ELEMENT_TERMINATING'],
  ELEMENT_TERMINATING: ['ELEMENT_TERMINATED'],
}

function lives(events: readonly ZeebeRecord[]): string[] {
  const states = new Map<number, string>()
  const broken: string[] = []
  for (const { valueType, intent, key, value } of events) {
    if (valueType !== 'PROCESS_INSTANCE' || intent === 'SEQUENCE_FLOW_TAKEN') continue
    const state = states.get(key) ?? 'none'
    if (!next[state]?.includes(intent)) broken.push(`element '${value.elementId}' is ${intent} after ${state}`)
    states.set(key, intent)
  }
  return broken
}

/** Pairs of intents of one key: what began ends once its instance has ended. */
const pairs: Readonly<Record<string, { begin: string; end: readonly string[] }>> = {
  JOB: { begin: 'CREATED', end: ['COMPLETED', 'CANCELED', 'ERROR_THROWN'] },
  TIMER: { begin: 'CREATED', end: ['TRIGGERED', 'CANCELED'] },
  INCIDENT: { begin: 'CREATED', end: ['RESOLVED'] },
  PROCESS_MESSAGE_SUBSCRIPTION: { begin: 'CREATING', end: ['CORRELATED', 'DELETED', 'DELETING'] },
}

function begunAndEnded(events: readonly ZeebeRecord[]): string[] {
  const ended = endedInstances(events)
  return Object.entries(pairs).flatMap(([type, { begin, end }]) => {
    const ofType = events.filter(({ valueType }) => valueType === type)
    const over = new Set(ofType.filter(({ intent }) => end.includes(intent)).map(({ key }) => key))
    const begun = ofType.filter(({ intent }) => intent === begin)
    return begun
      .filter(({ key, value }) => ended.has(Number(value.processInstanceKey)) && !over.has(key))
      .map(({ value }) => `${type} of '${value.elementId ?? value.targetElementId}' outlives its process instance`)
  })
}

/** Who lies in a scope ends before it, and has begun after it. */
function scopes(events: readonly ZeebeRecord[]): string[] {
  const alive = new Map<number, string>()
  const broken: string[] = []
  for (const { valueType, intent, key, value } of events) {
    if (valueType !== 'PROCESS_INSTANCE') continue
    const scope = Number(value.flowScopeKey)
    if (intent === 'ELEMENT_ACTIVATING') {
      if (scope > 0 && !alive.has(scope)) broken.push(`'${value.elementId}' begins in a scope that does not run`)
      alive.set(key, String(value.elementId))
    }
    if (intent === 'ELEMENT_COMPLETED' || intent === 'ELEMENT_TERMINATED') {
      alive.delete(key)
      if (scope > 0 && !alive.has(scope)) broken.push(`'${value.elementId}' ends after its scope`)
    }
  }
  return broken
}

function endedInstances(events: readonly ZeebeRecord[]): Set<number> {
  const ends = ['ELEMENT_COMPLETED', 'ELEMENT_TERMINATED']
  const isEnd = ({ valueType, intent, value }: ZeebeRecord) =>
    valueType === 'PROCESS_INSTANCE' && value.bpmnElementType === 'PROCESS' && ends.includes(intent)
  return new Set(events.filter(isEnd).map(({ key }) => key))
}
