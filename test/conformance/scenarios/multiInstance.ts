import type { Activity, Part } from '../../../src/engine/testing/bpmn.ts'
import {
  end,
  errorBoundary,
  flow,
  messageCatch,
  model,
  receiveTask,
  serviceTask,
  start,
  subProcess,
  timerBoundary,
} from '../../../src/engine/testing/bpmn.ts'
import type { Scenarios } from '../scenario.ts'

const many = (multi: NonNullable<Activity['multi']>, options: Activity = {}, ...more: Part[]) =>
  model('p', start(), serviceTask('task', 'work', { ...options, multi }), end(), flow('start -> task -> end'), ...more)
const items = (...values: unknown[]) => ({ start: 'p', variables: { items: values } })
const each = { in: '=items', as: 'item' }

export const multiInstanceScenarios: Scenarios = {
  'parallel: an instance for each item, all at once': {
    models: [many(each)],
    steps: [items('x', 'y'), { complete: 'work' }, { complete: 'work' }],
    records: [
      'element task:all ACTIVATING MULTI_INSTANCE_BODY in p',
      'element task:all ACTIVATED',
      'element task ACTIVATING SERVICE_TASK in task:all',
      'variable item CREATED "x" in task',
      'variable loopCounter CREATED 1 in task',
      'job task CREATED',
      'element task ACTIVATED',
      'element task#2 ACTIVATING SERVICE_TASK in task:all',
      'variable item CREATED "y" in task#2',
      'variable loopCounter CREATED 2 in task#2',
      'element task COMPLETED',
      'element task#2 COMPLETED',
      'element task:all COMPLETING',
      'element task:all COMPLETED',
      'element p COMPLETED',
    ],
  },
  'sequential: one after the other': {
    models: [many({ ...each, sequential: true })],
    steps: [items('x', 'y'), { complete: 'work' }, { complete: 'work' }],
    records: [
      'element task ACTIVATED',
      'element task COMPLETED',
      'element task#2 ACTIVATING',
      'variable item CREATED "y" in task#2',
      'element task#2 COMPLETED',
      'element task:all COMPLETED',
      'element p COMPLETED',
    ],
  },
  'no items: it passes': {
    models: [many(each)],
    steps: [items()],
    records: [
      'element task:all ACTIVATED',
      'element task:all COMPLETING',
      'element task:all COMPLETED',
      'element p COMPLETED',
    ],
    never: ['job'],
  },
  'an output collection has a place for each item, in its order': {
    models: [many({ ...each, out: 'results', element: '=item + got' })],
    steps: [
      items(1, 2),
      { take: 'work', max: 2 },
      { complete: 'work', variables: { got: 10 } },
      { complete: 'work', variables: { got: 20 } },
    ],
    records: [
      'variable results CREATED [null,null] in task:all',
      'variable results UPDATED [11,null] in task:all',
      'variable results UPDATED [11,22] in task:all',
      'element task:all COMPLETING',
      'variable results CREATED [11,22] in p',
      'element task:all COMPLETED',
    ],
  },
  'only the output collection leaves it': {
    models: [many({ ...each, out: 'results', element: '=got' })],
    steps: [items(1), { complete: 'work', variables: { got: 5 } }],
    records: ['variable results CREATED [5] in p'],
    never: ['variable item CREATED 1 in p', 'variable loopCounter CREATED 1 in p'],
  },
  'a variable named by the output element stays in its instance': {
    models: [many({ ...each, out: 'results', element: '=got' })],
    steps: [items(1, 2), { complete: 'work', variables: { got: 5 } }, { complete: 'work', variables: { got: 6 } }],
    records: [
      'variable got CREATED null in task',
      'variable got UPDATED 5 in task',
      'variable results CREATED [5,6] in p',
    ],
    never: ['variable got CREATED 5 in p'],
  },
  'a completion condition ends the rest': {
    models: [many({ ...each, until: '=done' })],
    steps: [items(1, 2, 3), { take: 'work', max: 3 }, { complete: 'work', variables: { done: true } }],
    records: [
      'element task COMPLETED',
      'element task#2 TERMINATED',
      'element task#3 TERMINATED',
      'element task:all COMPLETING',
      'element task:all COMPLETED',
      'element p COMPLETED',
    ],
  },
  'a completion condition sees how many instances there are': {
    models: [many({ ...each, until: '=numberOfCompletedInstances >= 2' })],
    steps: [items(1, 2, 3), { complete: 'work' }, { complete: 'work' }],
    records: [
      'element task COMPLETED',
      'element task#2 COMPLETED',
      'element task#3 TERMINATED',
      'element task:all COMPLETED',
    ],
  },
  'a completion condition sees how many run': {
    models: [
      many({
        ...each,
        until: '=numberOfActiveInstances = 1 and numberOfInstances = 3 and numberOfTerminatedInstances = 0',
      }),
    ],
    steps: [items(1, 2, 3), { complete: 'work' }, { complete: 'work' }],
    records: ['element task#2 COMPLETED', 'element task#3 TERMINATED', 'element task:all COMPLETED'],
  },
  'sequential: a completion condition ends the loop': {
    models: [many({ ...each, sequential: true, until: '=loopCounter = 2' })],
    steps: [items(1, 2, 3), { complete: 'work' }, { complete: 'work' }],
    records: ['element task#2 COMPLETED', 'element task:all COMPLETED', 'element p COMPLETED'],
    never: ['element task#3'],
  },
  'a completion condition that is no boolean is an incident of the instance': {
    models: [many({ ...each, until: '=5' })],
    steps: [items(1), { complete: 'work' }, { until: 'incident task' }],
    records: [
      "incident task CREATED EXTRACT_VALUE_ERROR: Expected result of the expression '5' to be 'BOOLEAN', but was 'NUMBER'.",
    ],
  },
  'items that are no list are an incident of the body': {
    models: [many(each)],
    steps: [
      { start: 'p', variables: { items: 5 } },
      { until: 'incident task' },
      { set: { items: [1] }, in: 'p' },
      { resolve: 'task' },
      { complete: 'work' },
    ],
    records: [
      "incident task CREATED EXTRACT_VALUE_ERROR: Expected result of the expression 'items' to be 'ARRAY', but was 'NUMBER'.",
      'element task:all ACTIVATED',
      'element p COMPLETED',
    ],
  },
  'input mappings are applied in each instance': {
    models: [many(each, { inputs: { twice: '=item * 2' } })],
    steps: [items(1, 2), { take: 'work', max: 2 }],
    records: ['variable twice CREATED 2 in task', 'variable twice CREATED 4 in task#2'],
  },
  "output mappings of an activity go up from its instance, past the item's own variables": {
    models: [many(each, { outputs: { kept: '=got' } })],
    steps: [items(1), { complete: 'work', variables: { got: 5 } }],
    records: ['variable got CREATED 5 in task', 'variable kept CREATED 5 in p', 'element task:all COMPLETED'],
  },
  "a boundary event is the body's, and ends all instances": {
    models: [many(each, {}, timerBoundary('late', 'task', { duration: 'PT1H' }), end('other'), flow('late -> other'))],
    steps: [
      items(1, 2),
      { until: 'job task CREATED', times: 2 },
      { clock: 3_600_000 },
      { until: 'element p COMPLETED' },
    ],
    records: [
      'timer late CREATED',
      'element task:all TERMINATING',
      'element task TERMINATED',
      'element task#2 TERMINATED',
      'element task:all TERMINATED',
      'element late COMPLETED',
      'element p COMPLETED',
    ],
  },
  'an error of one instance ends all': {
    models: [many(each, {}, errorBoundary('bad', 'task', 'no'), end('other'), flow('bad -> other'))],
    steps: [items(1, 2), { throw: 'work', code: 'no' }, { until: 'element p COMPLETED' }],
    records: [
      'element task:all TERMINATING',
      'element task#2 TERMINATED',
      'element task:all TERMINATED',
      'element bad COMPLETED',
      'element p COMPLETED',
    ],
  },
  'of a receive task': {
    models: [
      model('p', start(), receiveTask('get', 'news', '=item', { multi: each }), end(), flow('start -> get -> end')),
    ],
    steps: [
      items('a', 'b'),
      { until: 'subscription news CREATED', times: 2 },
      { publish: 'news', key: 'b' },
      { publish: 'news', key: 'a' },
      { until: 'element p COMPLETED' },
    ],
    records: ['element get#2 COMPLETED', 'element get COMPLETED', 'element get:all COMPLETED'],
  },
  'of a subprocess, whose variables are each its own': {
    models: [
      model(
        'p',
        start(),
        subProcess(
          'sub',
          { multi: { ...each, out: 'all', element: '=got' } },
          start('s'),
          serviceTask('task', 'work'),
          end('e'),
          flow('s -> task -> e'),
        ),
        end(),
        flow('start -> sub -> end'),
      ),
    ],
    steps: [items(1, 2), { complete: 'work', variables: { got: 'a' } }, { complete: 'work', variables: { got: 'b' } }],
    records: [
      'element sub:all ACTIVATED',
      'element sub ACTIVATING SUB_PROCESS in sub:all',
      'element sub#2 ACTIVATING SUB_PROCESS in sub:all',
      'variable all CREATED ["a","b"] in p',
      'element p COMPLETED',
    ],
  },
  'nested: a loop in a loop': {
    models: [
      model(
        'p',
        start(),
        subProcess(
          'sub',
          { multi: { in: '=items', as: 'row' } },
          start('s'),
          serviceTask('task', 'work', { multi: { in: '=row', as: 'cell' } }),
          end('e'),
          flow('s -> task -> e'),
        ),
        end(),
        flow('start -> sub -> end'),
      ),
    ],
    steps: [items([1, 2], [3]), { complete: 'work' }, { complete: 'work' }, { complete: 'work' }],
    records: ['element task#3 COMPLETED', 'element sub:all COMPLETED', 'element p COMPLETED'],
  },
  'sequential in a subprocess with a message catch event': {
    models: [
      model(
        'p',
        start(),
        subProcess(
          'sub',
          { multi: { ...each, sequential: true } },
          start('s'),
          messageCatch('hear', 'news', '=item'),
          end('e'),
          flow('s -> hear -> e'),
        ),
        end(),
        flow('start -> sub -> end'),
      ),
    ],
    steps: [
      items('a', 'b'),
      { publish: 'news', key: 'a', ttl: 60_000 },
      { publish: 'news', key: 'b', ttl: 60_000 },
      { until: 'element p COMPLETED' },
    ],
    records: [
      'element sub COMPLETED',
      'element sub#2 ACTIVATING',
      'element sub#2 COMPLETED',
      'element sub:all COMPLETED',
    ],
  },
  'cancelling ends all instances': {
    models: [many(each)],
    steps: [items(1, 2), { until: 'job task CREATED', times: 2 }, { cancel: 'p' }],
    records: [
      'element task:all TERMINATING',
      'element task TERMINATED',
      'element task#2 TERMINATED',
      'element task:all TERMINATED',
      'element p TERMINATED',
    ],
  },
  'an item that is null': {
    models: [many(each)],
    steps: [items(null), { take: 'work' }],
    records: ['variable item CREATED null in task'],
  },
}
