import {
  end,
  eventSubProcess,
  flow,
  model,
  parallel,
  serviceTask,
  signalBegin,
  signalBoundary,
  signalCatch,
  signalEnd,
  signalStart,
  signalThrow,
  start,
} from '../../../src/engine/testing/bpmn.ts'
import type { Scenarios } from '../scenario.ts'

const hears = model('p', start(), signalCatch('heard', 'alarm'), end(), flow('start -> heard -> end'))
const begins = (name = 'alarm', id = 'p') =>
  model(id, signalStart('go', name), serviceTask('task', 'work'), end(), flow('go -> task -> end'))
const bounded = (interrupting: boolean, outputs?: Record<string, string>) =>
  model(
    'p',
    start(),
    serviceTask('task', 'work'),
    signalBoundary('heard', 'task', 'alarm', { interrupting, ...(outputs && { outputs }) }),
    end(),
    end('other'),
    flow('start -> task -> end'),
    flow('heard -> other'),
  )
const around = (interrupting: boolean) =>
  model(
    'p',
    start(),
    serviceTask('task', 'work'),
    end(),
    flow('start -> task -> end'),
    eventSubProcess('sub', {}, signalBegin('begin', 'alarm', { interrupting }), end('e'), flow('begin -> e')),
  )
const told = { signal: 'alarm', variables: { n: 1 } }

export const signalScenarios: Scenarios = {
  'who waits hears it': {
    models: [hears],
    steps: [{ start: 'p' }, told],
    records: [
      'listening alarm CREATED for heard',
      'element heard ACTIVATED',
      'signal alarm BROADCASTED {"n":1}',
      'event heard TRIGGERING {"n":1}',
      'element heard COMPLETING',
      'event heard TRIGGERED',
      'variable n CREATED 1 in p',
      'listening alarm DELETED for heard',
      'element heard COMPLETED',
      'element p COMPLETED',
    ],
  },
  'all who wait hear it': {
    models: [hears],
    steps: [{ start: 'p' }, { start: 'p', as: 'q' }, told],
    records: ['signal alarm BROADCASTED', 'element p COMPLETED', 'element p#2 COMPLETED'],
  },
  'it is not kept for who comes later': {
    models: [hears],
    steps: [told, { start: 'p' }],
    records: ['signal alarm BROADCASTED', 'element heard ACTIVATED'],
    never: ['event heard TRIGGERING'],
  },
  'a signal of another name is not heard': {
    models: [hears],
    steps: [{ start: 'p' }, { signal: 'other' }],
    records: ['signal other BROADCASTED {}'],
    never: ['event heard TRIGGERING'],
  },
  'its name may be an expression': {
    models: [model('p', start(), signalCatch('heard', '=who + "s"'), end(), flow('start -> heard -> end'))],
    steps: [{ start: 'p', variables: { who: 'ann' } }, { signal: 'anns' }],
    records: ['listening anns CREATED for heard', 'element p COMPLETED'],
  },
  'a name that is no text is an incident': {
    models: [model('p', start(), signalCatch('heard', '=who'), end(), flow('start -> heard -> end'))],
    steps: [{ start: 'p', variables: { who: 1 } }],
    records: [
      "incident heard CREATED EXTRACT_VALUE_ERROR: Expected result of the expression 'who' to be 'STRING', but was 'NUMBER'.",
    ],
    never: ['listening'],
  },
  'cancelled, nobody listens': {
    models: [hears],
    steps: [{ start: 'p' }, { cancel: 'p' }],
    records: ['element heard TERMINATING', 'listening alarm DELETED', 'element heard TERMINATED'],
  },
  'a boundary event that interrupts ends its activity': {
    models: [bounded(true)],
    steps: [{ start: 'p' }, told],
    records: [
      'event heard TRIGGERING',
      'element task TERMINATING',
      'listening alarm DELETED',
      'element task TERMINATED',
      'event heard TRIGGERED',
      'element heard ACTIVATING BOUNDARY_EVENT in p',
      'element heard ACTIVATED',
      'variable n CREATED 1 in heard',
      'variable n CREATED 1 in p',
      'element other COMPLETED',
      'element p COMPLETED',
    ],
    never: ['element end'],
  },
  'a boundary event that does not interrupt comes each time': {
    models: [bounded(false)],
    steps: [{ start: 'p' }, told, told, { complete: 'work' }],
    records: ['element other COMPLETED', 'element other#2 COMPLETED', 'element task COMPLETED', 'element p COMPLETED'],
  },
  'output mappings of a boundary event decide what goes up': {
    models: [bounded(true, { m: '=n + 1' })],
    steps: [{ start: 'p' }, told],
    records: ['variable n CREATED 1 in heard', 'variable m CREATED 2 in p', 'element p COMPLETED'],
    never: ['variable n CREATED 1 in p'],
  },
  'an event subprocess that interrupts takes over': {
    models: [around(true)],
    steps: [{ start: 'p' }, told],
    records: [
      'listening alarm CREATED for begin',
      'event begin TRIGGERING',
      'listening alarm DELETED for begin',
      'element task TERMINATED',
      'element sub ACTIVATED',
      'element sub COMPLETED',
      'element p COMPLETED',
    ],
  },
  'an event subprocess that does not interrupt runs beside the rest': {
    models: [around(false)],
    steps: [{ start: 'p' }, told, told, { complete: 'work' }],
    records: ['element sub COMPLETED', 'element sub#2 COMPLETED', 'element task COMPLETED', 'element p COMPLETED'],
  },
  'an intermediate event tells one, with what its inputs made, and goes on': {
    models: [
      model(
        'p',
        start(),
        parallel('fork'),
        signalCatch('heard', 'alarm'),
        end(),
        signalThrow('cry', 'alarm', { inputs: { n: '=x + 1' } }),
        end('cried'),
        flow('start -> fork'),
        flow('fork -> heard -> end'),
        flow('fork -> cry -> cried'),
      ),
    ],
    steps: [{ start: 'p', variables: { x: 1 } }],
    records: [
      'variable n CREATED 2 in cry',
      'element cry ACTIVATED',
      'signal alarm BROADCASTED {"n":2}',
      'element cry COMPLETING',
      'element cry COMPLETED',
      'element p COMPLETED',
    ],
  },
  'an end event tells one': {
    models: [
      hears,
      model('q', start('begin'), signalEnd('bye', 'alarm', { inputs: { n: '=7' } }), flow('begin -> bye')),
    ],
    steps: [{ start: 'p' }, { start: 'q' }],
    records: ['element bye ACTIVATED', 'signal alarm BROADCASTED {"n":7}', 'variable n CREATED 7 in p'],
  },
}

export const signalStartScenarios: Scenarios = {
  'a signal starts an instance with its variables': {
    models: [begins()],
    steps: [told, { complete: 'work' }],
    records: [
      'listening alarm CREATED for go',
      'signal alarm BROADCASTED {"n":1}',
      'event go TRIGGERING {"n":1}',
      'element p ACTIVATING PROCESS',
      'element p ACTIVATED',
      'event go TRIGGERED',
      'element go ACTIVATING START_EVENT in p',
      'element go ACTIVATED',
      'variable n CREATED 1 in go',
      'variable n CREATED 1 in p',
      'element go COMPLETED',
      'element p COMPLETED',
    ],
  },
  'every process that it starts is started, each time': {
    models: [begins(), begins('alarm', 'q')],
    steps: [told, told],
    records: ['element p ACTIVATING', 'element q ACTIVATING', 'element p#2 ACTIVATING', 'element q#2 ACTIVATING'],
  },
  'a new version listens instead of the old one': {
    models: [begins()],
    steps: [{ deploy: [begins('other')] }, told, { signal: 'other' }, { until: 'element p ACTIVATED' }],
    records: [
      'listening alarm CREATED for go',
      'process p CREATED v2',
      'listening alarm DELETED for go',
      'listening other CREATED for go',
      'signal alarm BROADCASTED',
      'signal other BROADCASTED',
      'element p ACTIVATING',
    ],
    never: ['element p#2'],
  },
  'when the version is deleted, the one before listens again': {
    models: [begins()],
    steps: [{ deploy: [begins('other')] }, { delete: 'p' }, told, { until: 'element p ACTIVATED' }],
    records: [
      'listening other CREATED for go',
      'listening other DELETED',
      'listening alarm CREATED',
      'element p ACTIVATED',
    ],
  },
}
