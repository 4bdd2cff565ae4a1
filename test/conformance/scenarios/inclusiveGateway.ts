import {
  end,
  exclusive,
  flow,
  inclusive,
  model,
  type Part,
  parallel,
  serviceTask,
  start,
  timerBoundary,
} from '../../../src/engine/testing/bpmn.ts'
import type { Scenario, Scenarios } from '../scenario.ts'

const fork = model(
  'p',
  start(),
  inclusive('fork', 'fork_c'),
  end('a'),
  end('b'),
  end('c'),
  flow('start -> fork'),
  flow('fork -> a', '=contains(s, "a")'),
  flow('fork -> b', '=contains(s, "b")'),
  flow('fork -> c', '=unknown'),
)
const forked = (s: string, ...records: string[]): Scenario => ({
  models: [fork],
  steps: [{ start: 'p', variables: { s } }],
  records: ['element fork ACTIVATED', 'element fork COMPLETED', ...records, 'element p COMPLETED'],
})
const joined = model(
  'p',
  start(),
  inclusive('fork'),
  serviceTask('a'),
  serviceTask('b'),
  serviceTask('c'),
  inclusive('join'),
  end(),
  flow('start -> fork'),
  flow('fork -> a', '=n > 0'),
  flow('fork -> b', '=n > 1'),
  flow('fork -> c', '=n > 2'),
  flow('a -> join -> end'),
  flow('b -> join'),
  flow('c -> join'),
)
const notAll =
  "refused PROCESS_INSTANCE ACTIVATE_ELEMENT INVALID_STATE: Expected to be able to activate inclusive gateway 'join', but not all satisfied sequence flows have been taken."
const looping = (...loop: Part[]) =>
  model(
    'p',
    start(),
    parallel('fork'),
    serviceTask('a'),
    exclusive('again'),
    inclusive('join'),
    end(),
    end('other'),
    flow('start -> fork -> join -> end'),
    flow('fork -> a -> again'),
    ...loop,
  )

export const inclusiveGatewayScenarios: Scenarios = {
  'the flow whose condition is true is taken': {
    ...forked('a', 'flow fork_a TAKEN'),
    never: ['flow fork_b', 'flow fork_c'],
  },
  'every flow whose condition is true is taken': {
    ...forked('ab', 'flow fork_', 'flow fork_', 'element a COMPLETED'),
    never: ['flow fork_c'],
  },
  'the default flow is taken where no condition is true, and its own is not looked at': {
    ...forked('x', 'flow fork_c TAKEN'),
    never: ['flow fork_a', 'flow fork_b', 'incident'],
  },
  'without a true condition and a default flow it is an incident': {
    models: [model('p', start(), inclusive('g'), end(), flow('start -> g'), flow('g -> end', '=go'))],
    steps: [
      { start: 'p', variables: { go: false } },
      { until: 'incident g CREATED' },
      { set: { go: true }, in: 'p' },
      { resolve: 'g' },
    ],
    records: [
      'element g ACTIVATING',
      'incident g CREATED CONDITION_ERROR: Expected at least one condition to evaluate to true, or to have a default flow',
      'incident g RESOLVED',
      'element g ACTIVATED',
      'element p COMPLETED',
    ],
  },
  'a condition that is no boolean is an incident': {
    models: [model('p', start(), inclusive('g'), end(), flow('start -> g'), flow('g -> end', '=x'))],
    steps: [{ start: 'p', variables: { x: 1 } }],
    records: [
      "incident g CREATED EXTRACT_VALUE_ERROR: Expected result of the expression 'x' to be 'BOOLEAN', but was 'NUMBER'.",
    ],
  },
  'a join waits for what is on its way to it': {
    models: [joined],
    steps: [{ start: 'p', variables: { n: 2 } }, { complete: 'a' }, { complete: 'b' }],
    records: [
      'flow a_join TAKEN',
      notAll,
      'flow b_join TAKEN',
      'element join ACTIVATING',
      'element join COMPLETED',
      'element p COMPLETED',
    ],
    never: ['element join#2', 'element c'],
  },
  'a join of one token goes on at once': {
    models: [joined],
    steps: [{ start: 'p', variables: { n: 1 } }, { complete: 'a' }],
    records: ['flow a_join TAKEN', 'element join ACTIVATING', 'element p COMPLETED'],
    never: ['refused'],
  },
  'a loop that may lead to the join counts': {
    models: [looping(flow('again -> join', '=n > 1'), flow('again -> a', '=n <= 1'))],
    steps: [{ start: 'p', variables: { n: 2 } }, { complete: 'a' }],
    records: [notAll, 'job a COMPLETED', 'element join ACTIVATING', 'element p COMPLETED'],
  },
  'a path that cannot lead to the join does not': {
    models: [looping(flow('again -> other', '=n > 1'), flow('again -> a', '=n <= 1'))],
    steps: [{ start: 'p', variables: { n: 2 } }, { complete: 'a' }],
    records: ['element join COMPLETED', 'job a COMPLETED', 'element p COMPLETED'],
    never: ['refused'],
  },
  'a boundary event may lead to the join too': {
    models: [
      model(
        'p',
        start(),
        parallel('fork'),
        serviceTask('a'),
        timerBoundary('late', 'a', { duration: 'PT5S' }),
        inclusive('join'),
        end(),
        flow('start -> fork -> join -> end'),
        flow('fork -> a'),
        flow('late -> join'),
      ),
    ],
    steps: [{ start: 'p' }, { clock: 5_000 }, { until: 'element p COMPLETED' }],
    records: [notAll, 'timer late TRIGGERED', 'element join ACTIVATING', 'element p COMPLETED'],
    never: ['element join#2'],
  },
}
