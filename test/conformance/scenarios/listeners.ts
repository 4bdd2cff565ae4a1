import {
  end,
  errorBoundary,
  exclusive,
  flow,
  messageThrow,
  model,
  processListeners,
  serviceTask,
  signalThrow,
  start,
  subProcess,
  task,
  timerBoundary,
} from '../../../src/engine/testing/bpmn.ts'
import type { Scenarios } from '../scenario.ts'

const both = { startListeners: ['before'], endListeners: ['after'] }
const listened = (options = {}) =>
  model('p', start(), serviceTask('work', 'work', { ...both, ...options }), end(), flow('start -> work -> end'))

export const listenerScenarios: Scenarios = {
  'their jobs come before the element is active, and before it is completed': {
    models: [listened()],
    steps: [{ start: 'p' }, { complete: 'before' }, { complete: 'work' }, { complete: 'after' }],
    records: [
      'element work ACTIVATING SERVICE_TASK in p',
      'job work CREATED before retries 3 EXECUTION_LISTENER START {}',
      'job work COMPLETED before EXECUTION_LISTENER START {}',
      'job work CREATED work retries 3 {}',
      'element work ACTIVATED',
      'job work COMPLETED work {}',
      'element work COMPLETING',
      'job work CREATED after retries 3 EXECUTION_LISTENER END {}',
      'job work COMPLETED after EXECUTION_LISTENER END {}',
      'element work COMPLETED',
    ],
  },
  'what the first brings is local, after the input mappings; what the last brings is the scope’s': {
    models: [listened({ inputs: { a: '=1' } })],
    steps: [
      { start: 'p' },
      { complete: 'before', variables: { a: 2, b: 3 } },
      { complete: 'work' },
      { complete: 'after', variables: { c: 4 } },
    ],
    records: [
      'variable a CREATED 1 in work',
      'variable a UPDATED 2 in work',
      'variable b CREATED 3 in work',
      'variable c CREATED 4 in p',
      'element work COMPLETED',
    ],
  },
  'a signal’s input mappings are applied before its own': {
    models: [
      model(
        'p',
        start(),
        signalThrow('tell', 'ALARM', { inputs: { x: '=y' }, startListeners: ['before'] }),
        end(),
        flow('start -> tell -> end'),
      ),
    ],
    steps: [
      { start: 'p', variables: { y: 1 } },
      { complete: 'before', variables: { z: 2 } },
      { until: 'element p COMPLETED' },
    ],
    records: [
      'element tell ACTIVATING',
      'variable x CREATED 1 in tell',
      'job tell CREATED before',
      'variable z CREATED 2 in tell',
      'signal ALARM BROADCASTED {"x":1,"z":2}',
      'element tell COMPLETED',
    ],
  },
  'those of an intermediate event that throws a message are applied after its own': {
    models: [
      model(
        'p',
        start(),
        messageThrow('tell', 'send', { inputs: { x: '=y' }, startListeners: ['before'] }),
        end(),
        flow('start -> tell -> end'),
      ),
    ],
    steps: [
      { start: 'p', variables: { y: 1 } },
      { complete: 'before', variables: { y: 2 } },
      { complete: 'send' },
      { until: 'element p COMPLETED' },
    ],
    records: [
      'job tell CREATED before',
      'variable y CREATED 2 in tell',
      'variable x CREATED 2 in tell',
      'job tell CREATED send',
      'element tell COMPLETED',
    ],
  },
  'a scope that a modification opens has none of its start': {
    models: [
      model(
        'p',
        start(),
        task('first', { startListeners: ['hold'] }),
        subProcess('sub', both, start('s'), serviceTask('inner', 'work'), end('e'), flow('s -> inner -> e')),
        end(),
        flow('start -> first -> sub -> end'),
      ),
    ],
    steps: [
      { start: 'p' },
      { until: 'job first CREATED' },
      { modify: 'p', activate: [{ element: 'inner' }], terminate: ['first'] },
      { complete: 'work' },
      { complete: 'after' },
      { until: 'element p COMPLETED' },
    ],
    records: [
      'element sub ACTIVATING',
      'element sub ACTIVATED',
      'element inner ACTIVATED',
      'job sub CREATED after',
      'element sub COMPLETED',
    ],
    never: ['job sub CREATED before'],
  },
  'a process has them, too': {
    models: [model('p', processListeners(both), start(), end(), flow('start -> end'))],
    steps: [{ start: 'p' }, { complete: 'before', variables: { x: 1 } }, { complete: 'after' }],
    records: [
      'element p ACTIVATING PROCESS in nobody',
      'job p CREATED before retries 3 EXECUTION_LISTENER START',
      'variable x CREATED 1 in p',
      'element p ACTIVATED',
      'element p COMPLETING',
      'job p CREATED after retries 3 EXECUTION_LISTENER END',
      'element p COMPLETED',
    ],
  },
  'a gateway chooses after its own': {
    models: [
      model(
        'p',
        start(),
        exclusive('x', 'x_a', { startListeners: ['choose'] }),
        end('a'),
        end('b'),
        flow('start -> x'),
        flow('x -> a'),
        flow('x -> b', '=go'),
      ),
    ],
    steps: [{ start: 'p' }, { complete: 'choose', variables: { go: true } }],
    records: ['job x CREATED choose', 'variable go CREATED true in x', 'element x ACTIVATED', 'flow x_b TAKEN'],
    never: ['flow x_a TAKEN'],
  },
  'several come in the order of the file; type and retries are expressions': {
    models: [
      model(
        'p',
        start(),
        task('t', { endListeners: ['a', ['="b" + x', '=n'], 'c'] }),
        end(),
        flow('start -> t -> end'),
      ),
    ],
    steps: [{ start: 'p', variables: { x: 'x', n: 5 } }, { complete: 'a' }, { complete: 'bx' }, { complete: 'c' }],
    records: [
      'job t CREATED a retries 3',
      'job t CREATED bx retries 5',
      'job t CREATED c retries 3',
      'element t COMPLETED',
    ],
  },
  'without retries left it is an incident of its own type': {
    models: [listened()],
    steps: [{ start: 'p' }, { fail: 'before', retries: 0, message: 'no' }],
    records: ["job work FAILED retries 0 'no'", 'incident work CREATED EXECUTION_LISTENER_NO_RETRIES: no'],
  },
  'an expression that fails is an incident; resolved, all are made again': {
    models: [model('p', start(), task('t', { startListeners: ['a', '=b'] }), end(), flow('start -> t -> end'))],
    steps: [
      { start: 'p' },
      { complete: 'a' },
      { until: 'incident t CREATED' },
      { set: { b: 'b' }, in: 'p' },
      { resolve: 't' },
      { complete: 'a' },
      { complete: 'b' },
    ],
    records: [
      'job t CREATED a',
      "incident t CREATED EXTRACT_VALUE_ERROR: Expected result of the expression 'b' to be 'STRING', but was 'NULL'.",
      'incident t RESOLVED',
      'job t CREATED a',
      'job t CREATED b',
      'element t COMPLETED',
    ],
  },
  'nobody catches an error that is thrown for one': {
    models: [
      model(
        'p',
        start(),
        serviceTask('work', 'work', both),
        errorBoundary('caught', 'work', 'E'),
        end(),
        end('e2'),
        flow('start -> work -> end'),
        flow('caught -> e2'),
      ),
    ],
    steps: [{ start: 'p' }, { throw: 'before', code: 'E' }],
    records: ['job NO_CATCH_EVENT_FOUND ERROR_THROWN E', 'incident '],
    never: ['element caught'],
  },
  'its job is canceled with its element': {
    models: [
      model(
        'p',
        start(),
        subProcess('sub', {}, start('s'), task('t', both), end('e'), flow('s -> t -> e')),
        timerBoundary('late', 'sub', { duration: 'PT1M' }),
        end(),
        end('e2'),
        flow('start -> sub -> end'),
        flow('late -> e2'),
      ),
    ],
    steps: [{ start: 'p' }, { until: 'job t CREATED' }, { clock: 60_000 }],
    records: ['element t TERMINATING', 'job t CANCELED before', 'element t TERMINATED', 'element late ACTIVATED'],
  },
}
