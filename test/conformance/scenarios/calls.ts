import type { CallActivityOf, Part } from '../../../src/engine/testing/bpmn.ts'
import {
  callActivity,
  end,
  errorBoundary,
  errorEnd,
  flow,
  model,
  serviceTask,
  start,
  timerBoundary,
  versionTag,
} from '../../../src/engine/testing/bpmn.ts'
import type { Scenarios } from '../scenario.ts'

const child = model('child', start(), serviceTask('task', 'work'), end(), flow('start -> task -> end'))
const caller = (options: CallActivityOf = {}, id = 'child', ...more: Part[]) =>
  model('p', start(), callActivity('call', id, options), end(), flow('start -> call -> end'), ...more)

export const callActivityScenarios: Scenarios = {
  "the called process is an instance of its own, and its end is the call's": {
    models: [child, caller()],
    steps: [{ start: 'p' }, { complete: 'work' }, { until: 'element p COMPLETED' }],
    records: [
      'element call ACTIVATING CALL_ACTIVITY in p',
      'element call ACTIVATED',
      'element child ACTIVATING PROCESS in nobody called by call',
      'element child ACTIVATED',
      'element task COMPLETED',
      'element child COMPLETED',
      'element call COMPLETING',
      'element call COMPLETED',
      'element p COMPLETED',
    ],
  },
  'the child gets all variables, and its own come back': {
    models: [child, caller()],
    steps: [
      { start: 'p', variables: { a: 1 } },
      { complete: 'work', variables: { b: 2 } },
      { until: 'element p COMPLETED' },
    ],
    records: [
      'variable a CREATED 1 in p',
      'variable a CREATED 1 in child',
      'variable b CREATED 2 in child',
      'variable b CREATED 2 in p',
    ],
  },
  'without propagateAllParentVariables the child gets what is mapped': {
    models: [child, caller({ propagateAllParentVariables: false, inputs: { mine: '=a + 1' } })],
    steps: [{ start: 'p', variables: { a: 1 } }, { until: 'job task CREATED' }],
    records: ['variable mine CREATED 2 in call', 'variable mine CREATED 2 in child'],
    never: ['variable a CREATED 1 in child'],
  },
  'without propagateAllChildVariables only output mappings bring something back': {
    models: [child, caller({ propagateAllChildVariables: false, outputs: { got: '=b' } })],
    steps: [{ start: 'p' }, { complete: 'work', variables: { b: 2, c: 3 } }, { until: 'element p COMPLETED' }],
    records: ['variable got CREATED 2 in p'],
    never: ['variable c CREATED 3 in p', 'variable b CREATED 2 in p'],
  },
  'which process is called may be an expression': {
    models: [child, caller({}, '=which')],
    steps: [{ start: 'p', variables: { which: 'child' } }, { complete: 'work' }, { until: 'element p COMPLETED' }],
    records: ['element child COMPLETED', 'element p COMPLETED'],
  },
  'a process that is not there is an incident, and goes on when it is': {
    models: [caller()],
    steps: [
      { start: 'p' },
      { until: 'incident call' },
      { deploy: [child] },
      { resolve: 'call' },
      { complete: 'work' },
      { until: 'element p COMPLETED' },
    ],
    records: [
      "incident call CREATED CALLED_ELEMENT_ERROR: Expected process with BPMN process id 'child' to be deployed, but not found.",
      'incident call RESOLVED',
      'element child ACTIVATING',
      'element p COMPLETED',
    ],
  },
  'the latest version is called': {
    models: [child, caller()],
    steps: [
      { deploy: [child.replace('"work"', '"labour"')] },
      { start: 'p' },
      { complete: 'labour' },
      { until: 'element p COMPLETED' },
    ],
    records: ['job task CREATED labour', 'element p COMPLETED'],
  },
  'by deployment, the version that was deployed with the caller is called': {
    steps: [
      { deploy: [child, caller({ binding: 'deployment' })] },
      { deploy: [child.replace('"work"', '"labour"')] },
      { start: 'p' },
      { complete: 'work' },
      { until: 'element p COMPLETED' },
    ],
    records: ['job task CREATED work', 'element p COMPLETED'],
  },
  'by deployment, without the child in the deployment it is an incident': {
    models: [child],
    steps: [
      { deploy: [caller({ binding: 'deployment' }, '=id')] },
      { start: 'p', variables: { id: 'child' } },
      { until: 'incident call' },
    ],
    records: [
      "incident call CREATED CALLED_ELEMENT_ERROR: Expected to call process with BPMN process id 'child' with binding type",
    ],
  },
  'by version tag, the version with the tag is called': {
    models: [
      model('child', versionTag('v1'), start(), serviceTask('task', 'work'), end(), flow('start -> task -> end')),
      caller({ binding: 'versionTag', versionTag: 'v1' }),
    ],
    steps: [
      { deploy: [child.replace('"work"', '"labour"')] },
      { start: 'p' },
      { complete: 'work' },
      { until: 'element p COMPLETED' },
    ],
    records: ['job task CREATED work', 'element p COMPLETED'],
  },
  'an error of the child is caught at the call': {
    models: [
      model('child', start(), serviceTask('task', 'work'), errorEnd('fail', 'bad'), flow('start -> task -> fail')),
      caller({}, 'child', errorBoundary('caught', 'call', 'bad'), end('other'), flow('caught -> other')),
    ],
    steps: [{ start: 'p' }, { complete: 'work' }, { until: 'element p COMPLETED' }],
    records: [
      'element call TERMINATING',
      'element child TERMINATING',
      'element fail TERMINATED',
      'element child TERMINATED',
      'element call TERMINATED',
      'element caught COMPLETED',
      'element p COMPLETED',
    ],
  },
  'an error that a job of the child throws is caught at the call': {
    models: [child, caller({}, 'child', errorBoundary('caught', 'call', 'bad'), end('other'), flow('caught -> other'))],
    steps: [{ start: 'p' }, { throw: 'work', code: 'bad' }, { until: 'element p COMPLETED' }],
    records: ['element child TERMINATED', 'element caught COMPLETED', 'element p COMPLETED'],
  },
  'cancelling the caller ends the child': {
    models: [child, caller()],
    steps: [{ start: 'p' }, { until: 'job task CREATED' }, { cancel: 'p' }, { until: 'element p TERMINATED' }],
    records: [
      'element p TERMINATING',
      'element call TERMINATING',
      'element child TERMINATING',
      'element task TERMINATED',
      'element child TERMINATED',
      'element call TERMINATED',
      'element p TERMINATED',
    ],
  },
  'a boundary event at the call ends the child': {
    models: [
      child,
      caller({}, 'child', timerBoundary('late', 'call', { duration: 'PT1H' }), end('other'), flow('late -> other')),
    ],
    steps: [{ start: 'p' }, { until: 'job task CREATED' }, { clock: 3_600_000 }, { until: 'element p COMPLETED' }],
    records: [
      'timer late TRIGGERED',
      'element child TERMINATED',
      'element call TERMINATED',
      'element late COMPLETED',
      'element p COMPLETED',
    ],
  },
  'called for each item': {
    models: [
      child,
      caller({
        multi: { in: '=items', as: 'item', out: 'all', element: '=got' },
        propagateAllChildVariables: false,
        outputs: { got: '=got' },
      }),
    ],
    steps: [
      { start: 'p', variables: { items: [1, 2] } },
      { complete: 'work', variables: { got: 'a' } },
      { complete: 'work', variables: { got: 'b' } },
      { until: 'element p COMPLETED' },
    ],
    records: [
      'element child COMPLETED',
      'element child#2 COMPLETED',
      'variable all CREATED ["a","b"] in p',
      'element p COMPLETED',
    ],
  },
}
