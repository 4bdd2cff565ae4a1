import type { TimerOf } from '../../../src/engine/testing/bpmn.ts'
import {
  end,
  flow,
  model,
  serviceTask,
  start,
  subProcess,
  timerBoundary,
  timerCatch,
} from '../../../src/engine/testing/bpmn.ts'
import type { Scenarios } from '../scenario.ts'

const waits = (timer: TimerOf) => model('p', start(), timerCatch('wait', timer), end(), flow('start -> wait -> end'))
const bounded = (timer: TimerOf, interrupting = true) =>
  model(
    'p',
    start(),
    serviceTask('task', 'work'),
    timerBoundary('late', 'task', timer, { interrupting }),
    end(),
    end('other'),
    flow('start -> task -> end'),
    flow('late -> other'),
  )

export const timerScenarios: Scenarios = {
  'a duration passes': {
    models: [waits({ duration: 'PT1H' })],
    steps: [{ start: 'p' }, { clock: 3_600_000 }, { until: 'element p COMPLETED' }],
    records: [
      'timer wait CREATED +3600000 repetitions 1',
      'element wait ACTIVATED',
      'timer wait TRIGGERED',
      'event wait TRIGGERING',
      'element wait COMPLETING',
      'event wait TRIGGERED',
      'element wait COMPLETED',
      'element p COMPLETED',
    ],
  },
  'not before its time': {
    models: [waits({ duration: 'PT1H' })],
    steps: [{ start: 'p' }, { clock: 3_599_000 }],
    never: ['timer wait TRIGGERED'],
  },
  'a duration may be an expression': {
    models: [waits({ duration: '=duration("PT" + string(minutes) + "M")' })],
    steps: [{ start: 'p', variables: { minutes: 2 } }, { clock: 120_000 }, { until: 'element p COMPLETED' }],
    records: ['timer wait CREATED +120000'],
  },
  'a duration may be a text of a variable': {
    models: [waits({ duration: '=time' })],
    steps: [{ start: 'p', variables: { time: 'PT5S' } }],
    records: ['timer wait CREATED +5000'],
  },
  'a duration of months counts the calendar': {
    models: [waits({ duration: 'P1M' })],
    steps: [{ start: 'p' }],
    records: ['timer wait CREATED +26'],
  },
  'a duration that is none is an incident': {
    models: [waits({ duration: '=time' })],
    steps: [{ start: 'p', variables: { time: 'soon' } }, { until: 'incident wait' }],
    records: ["incident wait CREATED EXTRACT_VALUE_ERROR: Invalid duration format 'soon' for expression 'time'."],
  },
  'a duration of another type is an incident': {
    models: [waits({ duration: '=time' })],
    steps: [{ start: 'p', variables: { time: 5 } }, { until: 'incident wait' }],
    records: [
      "incident wait CREATED EXTRACT_VALUE_ERROR: Expected result of the expression 'time' to be one of '[DURATION, PERIOD, STRING]', but was 'NUMBER'",
    ],
  },
  'a date in the past fires at once': {
    models: [waits({ date: '2001-01-01T00:00:00Z' })],
    steps: [{ start: 'p' }, { until: 'element p COMPLETED' }],
    records: ['timer wait CREATED +-', 'timer wait TRIGGERED', 'element p COMPLETED'],
  },
  'a date that is none is an incident': {
    models: [waits({ date: '=when' })],
    steps: [{ start: 'p', variables: { when: 'tomorrow' } }, { until: 'incident wait' }],
    records: ["incident wait CREATED EXTRACT_VALUE_ERROR: Invalid date-time format 'tomorrow' for expression 'when'."],
  },
  'a cancelled instance takes its timer with it': {
    models: [waits({ duration: 'PT1H' })],
    steps: [{ start: 'p' }, { cancel: 'p' }, { clock: 4_000_000 }],
    records: ['element wait TERMINATING', 'timer wait CANCELED', 'element wait TERMINATED'],
    never: ['timer wait TRIGGERED'],
  },
  'timers fire in the order in which they are due': {
    models: [model('p', start(), timerCatch('wait', { duration: '=time' }), end(), flow('start -> wait -> end'))],
    steps: [
      { start: 'p', variables: { time: 'PT2H' } },
      { start: 'p', variables: { time: 'PT1H' } },
      { clock: 10_000_000 },
      { until: 'element p COMPLETED' },
    ],
    records: ['element p#2 COMPLETED', 'element p COMPLETED'],
  },
}

export const timerBoundaryScenarios: Scenarios = {
  'an interrupting one ends its task': {
    models: [bounded({ duration: 'PT1H' })],
    steps: [{ start: 'p' }, { clock: 3_600_000 }, { until: 'element p COMPLETED' }],
    records: [
      'timer late CREATED +3600000',
      'element task ACTIVATED',
      'timer late TRIGGERED',
      'event late TRIGGERING',
      'element task TERMINATING',
      'job task CANCELED',
      'element task TERMINATED',
      'event late TRIGGERED',
      'element late ACTIVATING BOUNDARY_EVENT in p',
      'element late ACTIVATED',
      'element late COMPLETING',
      'element late COMPLETED',
      'flow late_other TAKEN',
      'element p COMPLETED',
    ],
  },
  'it is gone when its task has ended in time': {
    models: [bounded({ duration: 'PT1H' })],
    steps: [{ start: 'p' }, { complete: 'work' }, { until: 'element p COMPLETED' }],
    records: ['element task COMPLETING', 'timer late CANCELED', 'element task COMPLETED'],
  },
  'a non-interrupting one runs beside its task': {
    models: [bounded({ duration: 'PT1H' }, false)],
    steps: [{ start: 'p' }, { clock: 3_600_000 }, { until: 'element other COMPLETED' }, { complete: 'work' }],
    records: [
      'timer late TRIGGERED',
      'element late ACTIVATING',
      'element other COMPLETED',
      'element task COMPLETED',
      'element p COMPLETED',
    ],
    never: ['element task TERMINATING'],
  },
  'a cycle repeats as often as it says': {
    models: [bounded({ cycle: 'R2/PT1H' }, false)],
    steps: [
      { start: 'p' },
      { clock: 3_600_000 },
      { until: 'element other COMPLETED' },
      { clock: 3_600_000 },
      { until: 'element other#2 COMPLETED' },
      { clock: 3_600_000 },
      { complete: 'work' },
    ],
    records: [
      'timer late CREATED +3600000 repetitions 2',
      'timer late TRIGGERED',
      'timer late CREATED +3600000 repetitions 1',
      'element other#2 COMPLETED',
      'element p COMPLETED',
    ],
    never: ['element other#3'],
  },
  'a cycle without a number repeats for ever': {
    models: [bounded({ cycle: 'R/PT1H' }, false)],
    steps: [
      { start: 'p' },
      { clock: 3_600_000 },
      { until: 'element other COMPLETED' },
      { clock: 3_600_000 },
      { until: 'element other#2 COMPLETED' },
    ],
    records: [
      'timer late CREATED +3600000 repetitions -1',
      'timer late CREATED +3600000 repetitions -1',
      'timer late CREATED +3600000 repetitions -1',
    ],
  },
  'cron counts the calendar': {
    models: [bounded({ cycle: '0 0 * * * *' }, false)],
    steps: [{ start: 'p' }],
    records: ['timer late CREATED +3600000 repetitions -1'],
  },
  'one on a subprocess ends all in it': {
    models: [
      model(
        'p',
        start(),
        subProcess('sub', {}, start('s'), serviceTask('task', 'work'), end('e'), flow('s -> task -> e')),
        timerBoundary('late', 'sub', { duration: 'PT1H' }),
        end(),
        end('other'),
        flow('start -> sub -> end'),
        flow('late -> other'),
      ),
    ],
    steps: [{ start: 'p' }, { until: 'job task CREATED' }, { clock: 3_600_000 }, { until: 'element p COMPLETED' }],
    records: [
      'element sub TERMINATING',
      'element task TERMINATING',
      'element task TERMINATED',
      'element sub TERMINATED',
      'element late COMPLETED',
      'element p COMPLETED',
    ],
  },
}
