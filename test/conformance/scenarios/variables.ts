import type { Mappings } from '../../../src/engine/testing/bpmn.ts'
import { end, flow, model, serviceTask, start, subProcess } from '../../../src/engine/testing/bpmn.ts'
import type { Scenarios } from '../scenario.ts'

const mapped = (options: Mappings) =>
  model('p', start(), serviceTask('task', 'work', options), end(), flow('start -> task -> end'))
const nested = (outer: Mappings, inner: Mappings) =>
  model(
    'p',
    start(),
    subProcess('sub', outer, start('s'), serviceTask('task', 'work', inner), end('e'), flow('s -> task -> e')),
    end(),
    flow('start -> sub -> end'),
  )

export const variableScenarios: Scenarios = {
  'the variables of a start are those of its instance': {
    models: [mapped({})],
    steps: [{ start: 'p', variables: { a: 1, b: 'x', c: null, d: [1, { e: true }] } }],
    records: [
      'variable a CREATED 1 in p',
      'variable b CREATED "x" in p',
      'variable c CREATED null in p',
      'variable d CREATED [1,{"e":true}] in p',
      'creation p CREATED {"a":1,"b":"x","c":null,"d":[1,{"e":true}]}',
    ],
  },
  "without output mappings a job's variables go to the scope that has them": {
    models: [nested({ inputs: { a: '=1' } }, {})],
    steps: [
      { start: 'p', variables: { b: 0 } },
      { complete: 'work', variables: { a: 2, b: 3, c: 4 } },
    ],
    records: [
      'variable a CREATED 1 in sub',
      'variable a UPDATED 2 in sub',
      'variable b UPDATED 3 in p',
      'variable c CREATED 4 in p',
    ],
  },
  'a variable that keeps its value makes no record': {
    models: [mapped({})],
    steps: [
      { start: 'p', variables: { a: 1 } },
      { complete: 'work', variables: { a: 1 } },
    ],
    never: ['variable a UPDATED', 'variable a CREATED 1 in task'],
  },
  'an input mapping makes a variable of the task': {
    models: [mapped({ inputs: { mine: '=theirs' } })],
    steps: [{ start: 'p', variables: { theirs: 5 } }, { complete: 'work' }],
    records: ['element task ACTIVATING', 'variable mine CREATED 5 in task', 'job task CREATED', 'element p COMPLETED'],
    never: ['variable mine CREATED 5 in p'],
  },
  "a later input mapping sees an earlier one's target": {
    models: [mapped({ inputs: { a: '=1', b: '=a + 1' } })],
    steps: [{ start: 'p' }],
    records: ['variable a CREATED 1 in task', 'variable b CREATED 2 in task'],
  },
  'a missing variable is null in an input mapping': {
    models: [mapped({ inputs: { a: '=nothing' } })],
    steps: [{ start: 'p' }],
    records: ['variable a CREATED null in task', 'job task CREATED'],
  },
  'a source without = is a text': {
    models: [mapped({ inputs: { a: 'text', b: '=1' } })],
    steps: [{ start: 'p' }],
    records: ['variable a CREATED "text" in task', 'variable b CREATED 1 in task'],
  },
  'nested targets build objects': {
    models: [mapped({ inputs: { 'a.b.c': '=1', 'a.b.d': '=2', 'a.e': '=3' } })],
    steps: [{ start: 'p' }],
    records: ['variable a CREATED {"b":{"c":1,"d":2},"e":3} in task'],
  },
  'a nested target of an output mapping goes into what the variable holds': {
    models: [mapped({ outputs: { 'a.b': '=result' } })],
    steps: [
      { start: 'p', variables: { a: { x: 1 } } },
      { complete: 'work', variables: { result: 2 } },
    ],
    records: ['variable result CREATED 2 in task', 'variable a UPDATED {"b":2,"x":1} in p'],
  },
  'with output mappings only what they name goes up': {
    models: [mapped({ outputs: { kept: '=result' } })],
    steps: [{ start: 'p' }, { complete: 'work', variables: { result: 1, other: 2 } }],
    records: [
      'variable result CREATED 1 in task',
      'variable other CREATED 2 in task',
      'variable kept CREATED 1 in p',
      'element p COMPLETED',
    ],
    never: ['variable other CREATED 2 in p', 'variable result CREATED 1 in p'],
  },
  "output mappings see the task's own variables": {
    models: [mapped({ inputs: { local: '=10' }, outputs: { sum: '=local + result' } })],
    steps: [{ start: 'p' }, { complete: 'work', variables: { result: 5 } }],
    records: ['variable sum CREATED 15 in p'],
  },
  'an output mapping of a missing variable sets null': {
    models: [mapped({ outputs: { kept: '=nothing' } })],
    steps: [{ start: 'p' }, { complete: 'work' }],
    records: ['variable kept CREATED null in p', 'element p COMPLETED'],
  },
  'an input mapping that fails is an incident, and is tried again': {
    models: [mapped({ inputs: { a: '=assert(x, x != null)' } })],
    steps: [
      { start: 'p' },
      { until: 'incident task' },
      { set: { x: 1 }, in: 'p' },
      { resolve: 'task' },
      { complete: 'work' },
    ],
    records: [
      "incident task CREATED IO_MAPPING_ERROR: Assertion failure on evaluate the expression '{a:assert(x, x != null)}': The condition is not fulfilled",
      'incident task RESOLVED',
      'variable a CREATED 1 in task',
      'element p COMPLETED',
    ],
  },
  'an output mapping that fails is an incident, and the task is left when it is resolved': {
    models: [mapped({ outputs: { a: '=assert(x, x != null)' } })],
    steps: [
      { start: 'p' },
      { complete: 'work' },
      { until: 'incident task' },
      { set: { x: 1 }, in: 'task', local: true },
      { resolve: 'task' },
    ],
    records: [
      'job task COMPLETED',
      'element task COMPLETING',
      'incident task CREATED IO_MAPPING_ERROR',
      'incident task RESOLVED',
      'variable a CREATED 1 in p',
      'element task COMPLETED',
    ],
  },
  'variables of a subprocess are its own, and only output mappings leave it': {
    models: [nested({ inputs: { inner: '=1' }, outputs: { out: '=inner + got' } }, {})],
    steps: [
      { start: 'p', variables: { got: 0 } },
      { complete: 'work', variables: { got: 2, inner: 5 } },
    ],
    records: [
      'variable inner CREATED 1 in sub',
      'variable inner UPDATED 5 in sub',
      'variable got UPDATED 2 in p',
      'variable out CREATED 7 in p',
      'element sub COMPLETED',
    ],
  },
  'variables that are set go to the scope that has them': {
    models: [nested({ inputs: { a: '=1' } }, {})],
    steps: [
      { start: 'p', variables: { b: 1 } },
      { until: 'job task CREATED' },
      { set: { a: 2, b: 2, c: 2 }, in: 'task' },
    ],
    records: [
      'variable a UPDATED 2 in sub',
      'variable b UPDATED 2 in p',
      'variable c CREATED 2 in p',
      'variables task UPDATED PROPAGATE {"a":2,"b":2,"c":2}',
    ],
  },
  'variables that are set locally stay where they are set': {
    models: [nested({ inputs: { a: '=1' } }, {})],
    steps: [{ start: 'p' }, { until: 'job task CREATED' }, { set: { a: 2 }, in: 'task', local: true }],
    records: ['variable a CREATED 2 in task', 'variables task UPDATED LOCAL {"a":2}'],
    never: ['variable a UPDATED'],
  },
  'setting nothing on what runs is fine': {
    models: [mapped({})],
    steps: [{ start: 'p' }, { set: {}, in: 'p' }],
    answers: ['SetVariables ok'],
    records: ['variables p UPDATED PROPAGATE {}'],
  },
  'variables of what has ended cannot be set': {
    models: [mapped({})],
    steps: [{ start: 'p' }, { complete: 'work' }, { until: 'element p COMPLETED' }, { set: { a: 1 }, in: 'task' }],
    answers: [
      "SetVariables NOT_FOUND: Command 'UPDATE' rejected with code 'NOT_FOUND': Expected to update variables for element with key '<key>', but no such element was found",
    ],
  },
  'an empty name of a variable is legal': {
    models: [mapped({})],
    steps: [{ start: 'p', variables: { '': 1 } }],
    records: ['variable  CREATED 1 in p'],
  },
  'whole numbers stay whole, and fractions are kept': {
    models: [mapped({ inputs: { whole: '=4 / 2', part: '=1 / 4', sum: '=0.1 + 0.2' } })],
    steps: [{ start: 'p' }],
    records: [
      'variable whole CREATED 2 in task',
      'variable part CREATED 0.25 in task',
      'variable sum CREATED 0.3 in task',
    ],
  },
  'dates and durations become texts': {
    models: [
      mapped({
        inputs: {
          d: '=date("2026-01-31")',
          t: '=date and time("2026-01-31T10:00:00Z")',
          u: '=duration("PT90M")',
          y: '=duration("P14M")',
        },
      }),
    ],
    steps: [{ start: 'p' }],
    records: [
      'variable d CREATED "2026-01-31" in task',
      'variable t CREATED "2026-01-31T10:00Z" in task',
      'variable u CREATED "PT1H30M" in task',
      'variable y CREATED "P1Y2M" in task',
    ],
  },
  'a result is the variables of the process, or those that are asked for': {
    models: [model('p', start(), end(), flow('start -> end'))],
    steps: [
      { start: 'p', variables: { a: 1, b: 2 }, result: true },
      { start: 'p', variables: { a: 1, b: 2 }, result: true, fetch: ['b', 'c'] },
    ],
    answers: ['CreateProcessInstanceWithResult ok'],
  },
}
