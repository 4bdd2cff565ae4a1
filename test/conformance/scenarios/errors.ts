import type { Part } from '../../../src/engine/testing/bpmn.ts'
import {
  end,
  errorBegin,
  errorBoundary,
  errorEnd,
  eventSubProcess,
  flow,
  model,
  parallel,
  serviceTask,
  start,
  subProcess,
  terminateEnd,
} from '../../../src/engine/testing/bpmn.ts'
import type { Scenarios } from '../scenario.ts'

const guarded = (...boundaries: Part[]) =>
  model(
    'p',
    start(),
    serviceTask('task', 'work'),
    ...boundaries,
    end(),
    end('caught'),
    end('other'),
    flow('start -> task -> end'),
  )
const catches = (id: string, code: string | undefined, to = 'caught', options = {}): Part[] => [
  errorBoundary(id, 'task', code, options),
  flow(`${id} -> ${to}`),
]
const inSubProcess = (...beside: Part[]) =>
  model(
    'p',
    start(),
    subProcess('sub', {}, start('s'), serviceTask('task', 'work'), errorEnd('fail', 'bad'), flow('s -> task -> fail')),
    ...beside,
    end(),
    flow('start -> sub -> end'),
  )

export const errorScenarios: Scenarios = {
  'an error that a job throws is caught by the boundary event of its code': {
    models: [guarded(...catches('catch', 'bad'))],
    steps: [{ start: 'p' }, { throw: 'work', code: 'bad', message: 'oh' }, { until: 'element p COMPLETED' }],
    records: [
      "job task ERROR_THROWN bad 'oh'",
      'event catch TRIGGERING',
      'element task TERMINATING',
      'element task TERMINATED',
      'event catch TRIGGERED',
      'element catch ACTIVATING BOUNDARY_EVENT',
      'element catch COMPLETED',
      'element caught COMPLETED',
      'element p COMPLETED',
    ],
    never: ['incident'],
  },
  'one without a code catches every error': {
    models: [guarded(...catches('catch', undefined))],
    steps: [{ start: 'p' }, { throw: 'work', code: 'anything' }, { until: 'element p COMPLETED' }],
    records: ['element catch COMPLETED', 'element caught COMPLETED'],
  },
  'the one with the code comes before the one without': {
    models: [guarded(...catches('all', undefined, 'other'), ...catches('exact', 'bad'))],
    steps: [{ start: 'p' }, { throw: 'work', code: 'bad' }, { until: 'element p COMPLETED' }],
    records: ['element exact COMPLETED'],
    never: ['element all'],
  },
  'an error that nobody catches is an incident that lists what could be': {
    models: [guarded(...catches('catch', 'bad'), ...catches('more', 'worse', 'other'))],
    steps: [{ start: 'p' }, { throw: 'work', code: 'unknown', message: 'oh' }, { until: 'incident' }],
    records: [
      "job NO_CATCH_EVENT_FOUND ERROR_THROWN unknown 'oh'",
      "incident NO_CATCH_EVENT_FOUND CREATED UNHANDLED_ERROR_EVENT: Expected to throw an error event with the code 'unknown' with message 'oh', but it was not caught. Available error events are [worse, bad]",
    ],
    answers: ['ThrowError ok'],
  },
  'without any catcher it says so': {
    models: [guarded()],
    steps: [{ start: 'p' }, { throw: 'work', code: 'bad' }, { until: 'incident' }],
    records: [
      'job NO_CATCH_EVENT_FOUND ERROR_THROWN bad',
      "incident NO_CATCH_EVENT_FOUND CREATED UNHANDLED_ERROR_EVENT: Expected to throw an error event with the code 'bad', but it was not caught. No error events are available in the scope.",
    ],
  },
  'variables of a thrown error stay local to the boundary event': {
    models: [guarded(...catches('catch', 'bad'))],
    steps: [{ start: 'p' }, { throw: 'work', code: 'bad', variables: { why: 'x' } }, { until: 'element p COMPLETED' }],
    records: ['variable why CREATED "x" in catch'],
    never: ['variable why CREATED "x" in p'],
  },
  'output mappings of the boundary event bring them up': {
    models: [guarded(...catches('catch', 'bad', 'caught', { outputs: { reason: '=why' } }))],
    steps: [{ start: 'p' }, { throw: 'work', code: 'bad', variables: { why: 'x' } }, { until: 'element p COMPLETED' }],
    records: ['variable why CREATED "x" in catch', 'variable reason CREATED "x" in p'],
  },
  'an error end event ends its subprocess at the boundary event': {
    models: [inSubProcess(errorBoundary('catch', 'sub', 'bad'), end('caught'), flow('catch -> caught'))],
    steps: [{ start: 'p' }, { complete: 'work' }, { until: 'element p COMPLETED' }],
    records: [
      'element fail ACTIVATED',
      'element sub TERMINATING',
      'element fail TERMINATING',
      'element fail TERMINATED',
      'element sub TERMINATED',
      'element catch COMPLETED',
      'element p COMPLETED',
    ],
  },
  'an error end event that nobody catches is an incident': {
    models: [inSubProcess()],
    steps: [{ start: 'p' }, { complete: 'work' }, { until: 'incident fail' }],
    records: [
      "incident fail CREATED UNHANDLED_ERROR_EVENT: Expected to throw an error event with the code 'bad', but it was not caught. No error events are available in the scope.",
    ],
    never: ['element fail ACTIVATED'],
  },
  'an error of a job goes up through the scopes': {
    models: [inSubProcess(errorBoundary('catch', 'sub', 'worse'), end('caught'), flow('catch -> caught'))],
    steps: [{ start: 'p' }, { throw: 'work', code: 'worse' }, { until: 'element p COMPLETED' }],
    records: [
      'element sub TERMINATING',
      'element task TERMINATED',
      'element sub TERMINATED',
      'element catch COMPLETED',
    ],
  },
  'a terminate end event ends its process': {
    models: [
      model(
        'p',
        start(),
        parallel('fork'),
        serviceTask('a'),
        serviceTask('b'),
        terminateEnd('stop'),
        end(),
        flow('start -> fork -> a -> stop'),
        flow('fork -> b -> end'),
      ),
    ],
    steps: [{ start: 'p' }, { complete: 'a' }, { until: 'element p COMPLETED' }],
    records: [
      'element stop COMPLETED',
      'element b TERMINATING',
      'job b CANCELED',
      'element b TERMINATED',
      'element p COMPLETING',
      'element p COMPLETED',
    ],
  },
  'a terminate end event in a subprocess ends that alone': {
    models: [
      model(
        'p',
        start(),
        subProcess(
          'sub',
          {},
          start('s'),
          parallel('fork'),
          serviceTask('a'),
          serviceTask('b'),
          terminateEnd('stop'),
          flow('s -> fork -> a -> stop'),
          flow('fork -> b'),
        ),
        serviceTask('after'),
        end(),
        flow('start -> sub -> after -> end'),
      ),
    ],
    steps: [{ start: 'p' }, { complete: 'a' }, { complete: 'after' }],
    records: [
      'element stop COMPLETED',
      'element b TERMINATED',
      'element sub COMPLETING',
      'element sub COMPLETED',
      'element after COMPLETED',
      'element p COMPLETED',
    ],
  },
  'an event subprocess catches an error of its own scope': {
    models: [
      model(
        'p',
        start(),
        serviceTask('task', 'work'),
        end(),
        flow('start -> task -> end'),
        eventSubProcess('esp', {}, errorBegin('caught', 'bad'), end('mended'), flow('caught -> mended')),
      ),
    ],
    steps: [{ start: 'p' }, { throw: 'work', code: 'bad', variables: { why: 'x' } }, { until: 'element p COMPLETED' }],
    records: [
      'job task ERROR_THROWN bad',
      'event caught TRIGGERING {"why":"x"}',
      'element task TERMINATING',
      'element task TERMINATED',
      'element esp ACTIVATING EVENT_SUB_PROCESS in p',
      'element esp ACTIVATED',
      'element caught ACTIVATING START_EVENT in esp',
      'element caught COMPLETED',
      'element mended COMPLETED',
      'element esp COMPLETED',
      'element p COMPLETED',
    ],
  },
}
