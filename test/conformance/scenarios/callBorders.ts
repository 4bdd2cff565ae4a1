import type { Part } from '../../../src/engine/testing/bpmn.ts'
import {
  callActivity,
  end,
  errorBoundary,
  escalationBoundary,
  escalationThrow,
  flow,
  messageBoundary,
  messageStart,
  model,
  parallel,
  serviceTask,
  start,
} from '../../../src/engine/testing/bpmn.ts'
import type { Scenarios } from '../scenario.ts'

const childWith = (task: string) =>
  model('child', start('s'), serviceTask(task, 'work'), end('e'), flow(`s -> ${task} -> e`))
const child = childWith('task')
const caller = (options: Parameters<typeof callActivity>[2] = {}, processId = 'child', ...more: Part[]) =>
  model('p', start(), callActivity('call', processId, options), end(), flow('start -> call -> end'), ...more)
const caught = (boundary: Part): Part[] => [boundary, end('caught'), flow('catch -> caught')]
const ended = { until: 'element p COMPLETED' }

/** Beside `calls.ts`: what crosses the border of a call, and what cannot be called. */
export const callBorderScenarios: Scenarios = {
  'the result is that of the caller': {
    models: [child, caller()],
    steps: [{ start: 'p', result: true }, { complete: 'work', variables: { y: 2 } }, ended],
    answers: ['result p {"y":2}'],
  },
  'what is mapped goes in beside all that is visible': {
    models: [child, caller({ inputs: { i: '=x + 1' } })],
    steps: [{ start: 'p', variables: { x: 1 } }, { take: 'work' }],
    answers: ['job task work retries 3 {} {"i":2,"x":1}'],
  },
  'output mappings see all of the child’s variables, whatever is propagated': {
    models: [child, caller({ propagateAllChildVariables: false, outputs: { o: '=y * 2' } })],
    steps: [{ start: 'p' }, { complete: 'work', variables: { y: 2 } }, ended],
    records: ['event call TRIGGERED', 'variable y CREATED 2 in call', 'variable o CREATED 4 in p'],
    never: ['variable y CREATED 2 in p'],
  },
  'processes that call one another stop a thousand deep': {
    models: [caller({}, 'q'), model('q', start('s'), callActivity('back', 'p'), end('e'), flow('s -> back -> e'))],
    steps: [{ start: 'p' }, { until: 'incident back CREATED' }],
    records: ['incident back CREATED CALLED_ELEMENT_ERROR: The call activity has reached the maximum depth of 1000.'],
  },
  'an expression that gives no text is an incident': {
    models: [child, caller({}, '=which')],
    steps: [{ start: 'p' }, { until: 'incident call CREATED' }],
    records: [
      "incident call CREATED EXTRACT_VALUE_ERROR: Expected result of the expression 'which' to be 'STRING', but was 'NULL'.",
    ],
  },
  'without a version of the tag it is an incident': {
    models: [child, caller({ binding: 'versionTag', versionTag: 'v1' })],
    steps: [{ start: 'p' }, { until: 'incident call CREATED' }],
    records: [
      "incident call CREATED CALLED_ELEMENT_ERROR: Expected to call process with BPMN process id 'child' and version tag 'v1', but no such process found. To resolve this incident, deploy a process with the given process id and version tag.",
    ],
  },
  'a process without a none start event is an incident': {
    models: [caller(), model('child', messageStart('m', 'go'), end('e'), flow('m -> e'))],
    steps: [{ start: 'p' }, { until: 'incident call CREATED' }],
    records: [
      "incident call CREATED CALLED_ELEMENT_ERROR: Expected process with BPMN process id 'child' to have a none start event, but not found.",
    ],
  },
  'a boundary event that does not interrupt leaves it running': {
    models: [
      child,
      caller({}, 'child', ...caught(messageBoundary('catch', 'call', 'ask', '="k"', { interrupting: false }))),
    ],
    steps: [
      { start: 'p' },
      { until: 'subscription ask CREATED' },
      { publish: 'ask', key: 'k' },
      { until: 'element caught COMPLETED' },
      { complete: 'work' },
      ended,
    ],
    never: ['element call TERMINATING'],
  },
  'an error crosses several calls': {
    models: [
      model('child', start('s'), serviceTask('task', 'work'), flow('s -> task')),
      model('middle', start('m'), callActivity('inner', 'child'), flow('m -> inner')),
      caller({}, 'middle', ...caught(errorBoundary('catch', 'call', 'bad'))),
    ],
    steps: [{ start: 'p' }, { throw: 'work', code: 'bad' }, ended],
    records: [
      'element child TERMINATED',
      'element inner TERMINATED',
      'element middle TERMINATED',
      'element caught COMPLETED',
    ],
  },
  'an error that nobody catches tells what the callers catch': {
    models: [child, caller({}, 'child', ...caught(errorBoundary('catch', 'call', 'other')))],
    steps: [{ start: 'p' }, { throw: 'work', code: 'bad' }, { until: 'incident NO_CATCH_EVENT_FOUND CREATED' }],
    records: [
      "incident NO_CATCH_EVENT_FOUND CREATED UNHANDLED_ERROR_EVENT: Expected to throw an error event with the code 'bad', but it was not caught. Available error events are [other]",
    ],
  },
  'an escalation crosses the call, and an interrupting event ends the called process': {
    models: [
      model(
        'child',
        start('s'),
        escalationThrow('raise', 'up'),
        serviceTask('task', 'work'),
        flow('s -> raise -> task'),
      ),
      caller({}, 'child', ...caught(escalationBoundary('catch', 'call', 'up'))),
    ],
    steps: [{ start: 'p' }, ended],
    records: [
      "escalation up ESCALATED by raise to 'catch'",
      'element call TERMINATING',
      'element child TERMINATED',
      'element call TERMINATED',
      'element caught COMPLETED',
    ],
  },
  'a terminate or an end elsewhere in the called process does not end the caller': {
    models: [
      model(
        'child',
        start('s'),
        parallel('fork'),
        end('one'),
        serviceTask('task', 'work'),
        end('two'),
        flow('s -> fork -> one'),
        flow('fork -> task -> two'),
      ),
      caller(),
    ],
    steps: [{ start: 'p' }, { until: 'element one COMPLETED' }, { complete: 'work' }, ended],
    records: ['element one COMPLETED', 'element two COMPLETED', 'element child COMPLETED', 'element call COMPLETED'],
  },
  'a call for each of many, one after the other': {
    models: [
      child,
      caller({ multi: { sequential: true, in: '=[1,2]', as: 'item' }, propagateAllChildVariables: false }),
    ],
    steps: [{ start: 'p' }, { take: 'work' }, { complete: 'work' }, { take: 'work' }, { complete: 'work' }, ended],
    records: [
      'element call:all ACTIVATED',
      'element child ACTIVATING PROCESS in nobody called by call',
      'element child COMPLETED',
      'element child#2 ACTIVATING PROCESS in nobody called by call#2',
      'element call:all COMPLETED',
    ],
    answers: [
      'job task work retries 3 {} {"item":1,"loopCounter":1}',
      'job task work retries 3 {} {"item":2,"loopCounter":2}',
    ],
  },
  'bound to the deployment, the process has to be deployed with it': {
    steps: [{ deploy: [caller({ binding: 'deployment' })] }, { deploy: [child, caller({ binding: 'deployment' })] }],
    answers: [
      "DeployResource INVALID_ARGUMENT: Command 'CREATE' rejected with code 'INVALID_ARGUMENT': Expected to deploy new resources, but encountered the following errors:⏎'p.bpmn': - Element: call > extensionElements > calledElement⏎    - ERROR: Expected to find process with id 'child' in current deployment, but not found.",
      'DeployResource ok',
    ],
  },
  'what 8.6 refuses at deployment': {
    steps: [
      { deploy: [caller({}, 'child').replace(/<zeebe:calledElement[^>]*>/, '')] },
      { deploy: [caller({ binding: 'versionTag' })] },
      { deploy: [model('p', start(), callActivity('call', 'p'), flow('start -> call'))] },
    ],
    answers: [
      "DeployResource INVALID_ARGUMENT: Command 'CREATE' rejected with code 'INVALID_ARGUMENT': Expected to deploy new resources, but encountered the following errors:⏎'p.bpmn': - Element: call⏎    - ERROR: Must have exactly one 'zeebe:calledElement' extension element",
      "DeployResource INVALID_ARGUMENT: Command 'CREATE' rejected with code 'INVALID_ARGUMENT': Expected to deploy new resources, but encountered the following errors:⏎'p.bpmn': - Element: call > extensionElements > calledElement⏎    - ERROR: Attribute 'versionTag' must be present and not empty if 'bindingType' is 'versionTag'",
      "DeployResource INVALID_ARGUMENT: Command 'CREATE' rejected with code 'INVALID_ARGUMENT': Expected to deploy new resources, but encountered the following errors:⏎`p.bpmn`: - Process: p⏎    - ERROR: Processes are not allowed to contain a straight-through processing loop: call > start > call",
    ],
  },
}
