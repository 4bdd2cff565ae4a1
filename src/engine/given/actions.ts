import { DateTime, Duration } from 'luxon'
import { CommitbaseError } from '../../errors.ts'
import type { Variables } from '../key.ts'
import { incidents } from '../state/state.ts'
import type { World } from './world.ts'

/** Something that happens to a process. */
export type Action = (world: World) => void

/** An instance of the latest version begins. */
export function start(bpmnProcessId: string, variables: Variables = {}): Action {
  return (world) => {
    world.do({ type: 'CreateProcessInstance', bpmnProcessId, variables })
  }
}

/** A worker completes the oldest job of a type. `variables` may depend on those that the job shows. */
export function complete(type: string, variables: Variables | ((job: Variables) => Variables) = {}): Action {
  return (world) => {
    const job = world.takeJob(type)
    const brought = typeof variables === 'function' ? variables(job.variables) : variables
    world.do({ type: 'CompleteJob', jobKey: job.key, variables: brought })
  }
}

/** A worker fails the oldest job of a type. Without retries left it is an incident. */
export function fail(type: string, errorMessage = '', { retries = 0, backoff = 'PT0S' } = {}): Action {
  return (world) => {
    const jobKey = world.takeJob(type).key
    const retryBackOff = millisecondsOf(backoff, world.now)
    world.do({ type: 'FailJob', jobKey, retries, errorMessage, retryBackOff, variables: {} })
  }
}

/** A worker throws a BPMN error instead of completing the oldest job of a type. */
export function throwError(type: string, errorCode: string, variables: Variables = {}): Action {
  return (world) => {
    world.do({ type: 'ThrowError', jobKey: world.takeJob(type).key, errorCode, errorMessage: '', variables })
  }
}

/** A message comes; `timeToLive` as an ISO 8601 duration. */
export function publish(
  name: string,
  correlationKey: string,
  variables: Variables = {},
  { timeToLive = 'PT0S', messageId = '' } = {},
): Action {
  return (world) => {
    const lives = millisecondsOf(timeToLive, world.now)
    world.do({ type: 'PublishMessage', name, correlationKey, variables, timeToLive: lives, messageId })
  }
}

/** Time passes, as an ISO 8601 duration (`P1Y`): what comes due happens in its order, each at its own instant. */
export function wait(duration: string): Action {
  return (world) => world.moveTo(world.now + millisecondsOf(duration, world.now))
}

/** Time passes until an instant, as ISO 8601. */
export function waitUntil(instant: string): Action {
  return (world) => {
    const time = DateTime.fromISO(instant, { zone: 'utc' })
    if (!time.isValid) throw new CommitbaseError('invalid', `'${instant}' is no instant: 2026-12-24T18:00:00Z is one`)
    world.moveTo(time.toMillis())
  }
}

/** An operator sets variables of the running instances of a process, and resolves all incidents. */
export function repair(bpmnProcessId: string, variables: Variables): Action {
  return (world) => {
    for (const { key, bpmnProcessId: id, scopeKey } of [...world.state.elements.values()]) {
      if (scopeKey !== -1 || id !== bpmnProcessId) continue
      world.do({ type: 'SetVariables', elementInstanceKey: key, variables, local: false })
    }
    for (const { key, jobKey } of incidents(world.state)) {
      if (jobKey !== undefined) world.do({ type: 'UpdateJobRetries', jobKey, retries: 1 })
      world.do({ type: 'ResolveIncident', incidentKey: key })
    }
  }
}

/** The running instances of a process are cancelled. */
export function cancel(bpmnProcessId: string): Action {
  return (world) => {
    for (const { key, bpmnProcessId: id, scopeKey } of [...world.state.elements.values()]) {
      if (scopeKey === -1 && id === bpmnProcessId) world.do({ type: 'CancelProcessInstance', processInstanceKey: key })
    }
  }
}

/** From an instant on: a month has as many days as that month. */
function millisecondsOf(duration: string, from: number): number {
  const parsed = Duration.fromISO(duration)
  if (!parsed.isValid) throw new CommitbaseError('invalid', `'${duration}' is no ISO 8601 duration: PT1H is one`)
  return DateTime.fromMillis(from, { zone: 'utc' }).plus(parsed).toMillis() - from
}
