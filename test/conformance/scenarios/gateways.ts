import {
  end,
  exclusive,
  flow,
  model,
  parallel,
  serviceTask,
  start,
  subProcess,
} from '../../../src/engine/testing/bpmn.ts'
import type { Scenarios } from '../scenario.ts'

const choice = (condition: string, other: string | undefined, defaultFlow?: string) =>
  model(
    'p',
    start(),
    exclusive('choose', defaultFlow),
    end('a'),
    end('b'),
    flow('start -> choose'),
    flow('choose -> a', condition),
    flow('choose -> b', other),
  )
const forked = model(
  'p',
  start(),
  parallel('fork'),
  serviceTask('a'),
  serviceTask('b'),
  parallel('join'),
  end(),
  flow('start -> fork -> a -> join -> end'),
  flow('fork -> b -> join'),
)

export const exclusiveGatewayScenarios: Scenarios = {
  'the flow whose condition is true is taken, and no other': {
    models: [choice('=x > 1', '=x <= 1')],
    steps: [{ start: 'p', variables: { x: 2 } }],
    records: [
      'element choose ACTIVATED',
      'element choose COMPLETING',
      'element choose COMPLETED',
      'flow choose_a TAKEN',
      'element p COMPLETED',
    ],
    never: ['flow choose_b'],
  },
  'the default flow is taken where no condition is true': {
    models: [choice('=x > 1', undefined, 'choose_b')],
    steps: [{ start: 'p', variables: { x: 1 } }],
    records: ['flow choose_b TAKEN', 'element p COMPLETED'],
    never: ['flow choose_a'],
  },
  'the default flow is not taken where a condition is true': {
    models: [choice('=x > 1', undefined, 'choose_b')],
    steps: [{ start: 'p', variables: { x: 2 } }],
    records: ['flow choose_a TAKEN', 'element p COMPLETED'],
    never: ['flow choose_b'],
  },
  'of two true conditions one flow is taken': {
    models: [choice('=x > 1', '=x > 0')],
    steps: [{ start: 'p', variables: { x: 2 } }],
    records: ['flow choose_', 'element p COMPLETED'],
    never: ['element b#2', 'element a#2'],
  },
  'without a true condition and a default flow it is an incident, and goes on when that is resolved': {
    models: [choice('=x > 1', '=x > 5')],
    steps: [
      { start: 'p', variables: { x: 1 } },
      { until: 'incident choose' },
      { set: { x: 3 }, in: 'p' },
      { resolve: 'choose' },
    ],
    records: [
      'element choose ACTIVATING',
      'incident choose CREATED CONDITION_ERROR: Expected at least one condition to evaluate to true, or to have a default flow',
      'incident choose RESOLVED',
      'element choose ACTIVATED',
      'flow choose_a TAKEN',
    ],
  },
  'a condition that is no boolean is an incident': {
    models: [choice('=x', '=x > 5')],
    steps: [{ start: 'p', variables: { x: 'yes' } }, { until: 'incident choose' }],
    records: ["incident choose CREATED EXTRACT_VALUE_ERROR: Expected result of the expression 'x"],
  },
  'a condition over a missing variable is an incident': {
    models: [choice('=missing', '=true')],
    steps: [{ start: 'p' }],
    records: ['flow choose_b TAKEN'],
  },
  'a comparison with null is not true': {
    models: [choice('=missing = 5', undefined, 'choose_b')],
    steps: [{ start: 'p' }],
    records: ['flow choose_b TAKEN'],
  },
  'it joins without waiting': {
    models: [
      model(
        'p',
        start(),
        parallel('fork'),
        exclusive('merge'),
        serviceTask('task', 'work'),
        flow('start -> fork -> merge -> task'),
        {
          inside: '<bpmn:sequenceFlow id="again" sourceRef="fork" targetRef="merge" />',
        },
      ),
    ],
    steps: [{ start: 'p' }, { complete: 'work' }, { complete: 'work' }],
    records: ['element merge COMPLETED', 'element merge#2 COMPLETED', 'element p COMPLETED'],
  },
  'with one flow and no condition it passes': {
    models: [model('p', start(), exclusive('x'), end(), flow('start -> x -> end'))],
    steps: [{ start: 'p' }],
    records: ['element x COMPLETED', 'flow x_end TAKEN', 'element p COMPLETED'],
  },
  'without an outgoing flow it ends its path': {
    models: [model('p', start(), exclusive('x'), flow('start -> x'))],
    steps: [{ start: 'p' }],
    records: ['element x COMPLETED', 'element p COMPLETED'],
  },
}

export const parallelGatewayScenarios: Scenarios = {
  'every outgoing flow is taken, and the join waits for all': {
    models: [forked],
    steps: [{ start: 'p' }, { complete: 'a' }, { complete: 'b' }],
    records: [
      'element fork COMPLETED',
      'flow fork_',
      'flow fork_',
      'element a COMPLETED',
      'flow a_join TAKEN',
      'element b COMPLETED',
      'flow b_join TAKEN',
      'element join ACTIVATING',
      'element join COMPLETED',
      'element p COMPLETED',
    ],
    never: ['element join#2'],
  },
  'an early token at a join is a refused activation': {
    models: [forked],
    steps: [{ start: 'p' }, { complete: 'a' }, { complete: 'b' }],
    records: [
      'flow a_join TAKEN',
      "refused PROCESS_INSTANCE ACTIVATE_ELEMENT INVALID_STATE: Expected to be able to activate parallel gateway 'join', but not all sequence flows have been taken.",
    ],
  },
  'variables of both branches are there after the join': {
    models: [forked],
    steps: [{ start: 'p' }, { complete: 'a', variables: { x: 1 } }, { complete: 'b', variables: { y: 2 } }],
    records: ['variable x CREATED 1 in p', 'variable y CREATED 2 in p', 'element join COMPLETED'],
  },
  'two tokens of one flow do not open the join': {
    models: [
      model(
        'p',
        start(),
        parallel('fork'),
        exclusive('merge'),
        serviceTask('b'),
        parallel('join'),
        end(),
        flow('start -> fork -> merge -> join -> end'),
        { inside: '<bpmn:sequenceFlow id="again" sourceRef="fork" targetRef="merge" />' },
        flow('fork -> b -> join'),
      ),
    ],
    steps: [{ start: 'p' }, { until: 'flow merge_join TAKEN', times: 2 }, { complete: 'b' }],
    records: ['flow merge_join TAKEN', 'flow merge_join TAKEN', 'flow b_join TAKEN', 'element join ACTIVATING'],
    never: ['element join#2', 'element p COMPLETED'],
  },
  'it forks and joins at once': {
    models: [
      model(
        'p',
        start(),
        parallel('fork'),
        parallel('both'),
        serviceTask('a'),
        serviceTask('b'),
        flow('start -> fork -> both -> a'),
        { inside: '<bpmn:sequenceFlow id="again" sourceRef="fork" targetRef="both" />' },
        flow('both -> b'),
      ),
    ],
    steps: [{ start: 'p' }, { complete: 'a' }, { complete: 'b' }],
    records: ['element both COMPLETED', 'element a COMPLETED', 'element b COMPLETED', 'element p COMPLETED'],
    never: ['element both#2'],
  },
  'its process ends when all branches have ended': {
    models: [
      model(
        'p',
        start(),
        parallel('fork'),
        serviceTask('a'),
        serviceTask('b'),
        end('x'),
        end('y'),
        flow('start -> fork -> a -> x'),
        flow('fork -> b -> y'),
      ),
    ],
    steps: [{ start: 'p' }, { complete: 'a' }, { until: 'element x COMPLETED' }, { complete: 'b' }],
    records: ['element x COMPLETED', 'element b COMPLETED', 'element y COMPLETED', 'element p COMPLETED'],
  },
  'a subprocess with a fork ends when all in it have ended': {
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
          flow('s -> fork -> a'),
          flow('fork -> b'),
        ),
        end(),
        flow('start -> sub -> end'),
      ),
    ],
    steps: [{ start: 'p' }, { complete: 'b' }, { complete: 'a' }],
    records: [
      'element b COMPLETED',
      'element a COMPLETED',
      'element sub COMPLETING',
      'element sub COMPLETED',
      'element p COMPLETED',
    ],
  },
}
