import {
  end,
  flow,
  messageStart,
  model,
  serviceTask,
  start,
  type TimerOf,
  timerStart,
} from '../../../src/engine/testing/bpmn.ts'
import type { Scenarios } from '../scenario.ts'

const timed = (timer: TimerOf) =>
  model('p', timerStart('go', timer), serviceTask('task', 'work'), end(), flow('go -> task -> end'))

export const timerStartScenarios: Scenarios = {
  'a timer starts an instance': {
    models: [timed({ duration: 'PT1M' })],
    steps: [{ clock: 60_000 }, { complete: 'work' }],
    records: [
      'process p CREATED v1',
      'timer go CREATED +60000 repetitions 1',
      'deployment CREATED p v1',
      'timer go TRIGGERED',
      'event go TRIGGERING',
      'element p ACTIVATING PROCESS',
      'event go TRIGGERED',
      'element go ACTIVATING START_EVENT in p',
      'element go COMPLETED',
      'element p COMPLETED',
    ],
  },
  'a cycle starts as many as it says': {
    models: [timed({ cycle: 'R2/PT1M' })],
    steps: [
      { clock: 60_000 },
      { until: 'timer go CREATED', times: 2 },
      { clock: 60_000 },
      { until: 'element p#2 ACTIVATED' },
      { clock: 60_000 },
    ],
    records: [
      'timer go CREATED +60000 repetitions 2',
      'timer go TRIGGERED',
      'timer go CREATED +60000 repetitions 1',
      'timer go TRIGGERED',
      'element p#2 ACTIVATED',
    ],
    never: ['element p#3'],
  },
  'it starts one whether or not somebody else did meanwhile': {
    models: [
      model('p', start(), timerStart('go', { duration: 'PT1M' }), end(), flow('start -> end'), flow('go -> end')),
    ],
    steps: [{ start: 'p' }, { clock: 60_000 }, { until: 'element p#2 COMPLETED' }],
    records: ['element start COMPLETED', 'element p COMPLETED', 'timer go TRIGGERED', 'element go COMPLETED'],
  },
  'a new version takes the place of the old one': {
    models: [timed({ cycle: 'R/PT1M' })],
    steps: [{ deploy: [timed({ cycle: 'R/PT2M' })] }, { clock: 60_000 }],
    records: [
      'timer go CREATED +60000 repetitions -1',
      'process p CREATED v2',
      'timer go CANCELED',
      'timer go CREATED +120000',
      'deployment CREATED p v2',
    ],
    never: ['timer go TRIGGERED'],
  },
  'the same deployment again leaves it as it is': {
    models: [timed({ cycle: 'R/PT1M' })],
    steps: [{ deploy: [timed({ cycle: 'R/PT1M' })] }],
    records: ['timer go CREATED'],
    never: ['timer go CANCELED'],
  },
  'when the version is deleted, its timer is too': {
    models: [timed({ duration: 'PT1M' })],
    steps: [{ delete: 'p' }, { clock: 60_000 }],
    records: ['timer go CREATED', 'timer go CANCELED'],
    never: ['timer go TRIGGERED'],
  },
  'one of several start events starts at itself': {
    models: [
      model(
        'p',
        timerStart('a', { duration: 'PT1M' }),
        timerStart('b', { duration: 'PT2M' }),
        messageStart('c', 'news'),
        end(),
        flow('a -> end'),
        flow('b -> end'),
        flow('c -> end'),
      ),
    ],
    steps: [{ clock: 60_000 }, { until: 'element p COMPLETED' }],
    records: ['timer a TRIGGERED', 'element a COMPLETED', 'element p COMPLETED'],
    never: ['element b', 'element c'],
  },
  'it is evaluated when it is deployed, and has no variables': {
    steps: [{ deploy: [{ name: 'm.bpmn', content: timed({ duration: '=patience' }) }] }],
    answers: [
      "DeployResource INVALID_ARGUMENT: Command 'CREATE' rejected with code 'INVALID_ARGUMENT': Expected to deploy new resources, but encountered the following errors:⏎'m.bpmn': - Element: go⏎    - ERROR: Invalid timer duration expression (",
    ],
    never: ['process', 'timer'],
  },
}
