import {
  end,
  eventBased,
  flow,
  messageCatch,
  model,
  signalCatch,
  start,
  timerCatch,
} from '../../../src/engine/testing/bpmn.ts'
import type { Scenarios } from '../scenario.ts'

const race = (outputs?: Record<string, string>) =>
  model(
    'p',
    start(),
    eventBased('first'),
    messageCatch('got', 'paid', '=key', outputs ? { outputs } : {}),
    timerCatch('late', { duration: 'PT1H' }),
    signalCatch('called', 'off'),
    end(),
    flow('start -> first -> got -> end'),
    flow('first -> late -> end'),
    flow('first -> called -> end'),
  )
const started = { start: 'p', variables: { key: 'k' } }

export const eventBasedGatewayScenarios: Scenarios = {
  'it waits for all its events, the messages first': {
    models: [race()],
    steps: [started],
    records: [
      'element first ACTIVATING EVENT_BASED_GATEWAY in p',
      "waiting paid CREATING key 'k' for got of first",
      'timer late CREATED +3600000',
      'listening off CREATED for called',
      'element first ACTIVATED',
      "subscription paid CREATED key 'k' of first",
    ],
  },
  'a message decides: its event is active at once, the others are closed, no flow to it is taken': {
    models: [race()],
    steps: [started, { publish: 'paid', key: 'k', variables: { amount: 3 } }],
    records: [
      'waiting paid CORRELATED',
      'event got TRIGGERING {"amount":3}',
      'element first COMPLETING',
      'timer late CANCELED',
      'listening off DELETED',
      'element first COMPLETED',
      'event got TRIGGERED',
      'element got ACTIVATING INTERMEDIATE_CATCH_EVENT in p',
      'element got ACTIVATED',
      'variable amount CREATED 3 in got',
      'element got COMPLETING',
      'variable amount CREATED 3 in p',
      'element got COMPLETED',
      'flow got_end TAKEN',
      'element p COMPLETED',
    ],
    never: ['flow first_got', 'element late', 'element called'],
  },
  'a timer decides': {
    models: [race()],
    steps: [started, { clock: 3_600_000 }, { until: 'element p COMPLETED' }],
    records: [
      'timer late TRIGGERED',
      'element first COMPLETING',
      "waiting paid DELETING key 'k'",
      'element first COMPLETED',
      'element late COMPLETED',
      'element p COMPLETED',
    ],
  },
  'a signal decides': {
    models: [race()],
    steps: [started, { signal: 'off', variables: { why: 'ill' } }],
    records: [
      'signal off BROADCASTED',
      'event called TRIGGERING {"why":"ill"}',
      'element first COMPLETED',
      'variable why CREATED "ill" in called',
      'variable why CREATED "ill" in p',
      'element p COMPLETED',
    ],
  },
  'output mappings of the event decide what goes up': {
    models: [race({ sum: '=amount' })],
    steps: [started, { publish: 'paid', key: 'k', variables: { amount: 3 } }],
    records: ['variable amount CREATED 3 in got', 'variable sum CREATED 3 in p', 'element p COMPLETED'],
    never: ['variable amount CREATED 3 in p'],
  },
  'a message that was there before decides': {
    models: [race()],
    steps: [{ publish: 'paid', key: 'k', ttl: 60_000 }, started],
    records: ['message paid PUBLISHED', 'element first ACTIVATED', 'element got COMPLETED', 'element p COMPLETED'],
  },
  'an event that cannot be evaluated is an incident of the gateway': {
    models: [race()],
    steps: [{ start: 'p' }],
    records: ['element first ACTIVATING', 'incident first CREATED EXTRACT_VALUE_ERROR'],
    never: ['timer', 'listening', 'element first ACTIVATED'],
  },
  'cancelled, it closes what it waited for': {
    models: [race()],
    steps: [started, { until: 'waiting paid CREATED' }, { cancel: 'p' }],
    records: [
      'element first TERMINATING',
      'timer late CANCELED',
      'waiting paid DELETING',
      'listening off DELETED',
      'element first TERMINATED',
      'element p TERMINATED',
    ],
  },
}
