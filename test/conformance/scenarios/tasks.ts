import type { UserActivity } from '../../../src/engine/testing/bpmn.ts'
import { end, errorBoundary, flow, model, serviceTask, start, userTask } from '../../../src/engine/testing/bpmn.ts'
import type { Scenarios } from '../scenario.ts'

const person = (options: UserActivity = {}) =>
  model('p', start(), userTask('ask', options), end(), flow('start -> ask -> end'))
const userJob = 'io.camunda.zeebe:userTask'

export const userTaskScenarios: Scenarios = {
  'it is a job of its own type with one retry': {
    models: [person()],
    steps: [{ start: 'p' }, { take: userJob }, { complete: userJob, variables: { ok: true } }],
    records: [
      'element ask ACTIVATING USER_TASK',
      'job ask CREATED io.camunda.zeebe:userTask retries 1',
      'element ask ACTIVATED',
      'variable ok CREATED true in p',
      'element ask COMPLETED',
      'element p COMPLETED',
    ],
    answers: ['job ask io.camunda.zeebe:userTask retries 1 {} {}'],
  },
  'who does it is in its headers': {
    models: [person({ assignee: 'ann', candidateGroups: '=["a","b"]', candidateUsers: '=["c"]' })],
    steps: [{ start: 'p' }, { take: userJob }],
    answers: [
      'job ask io.camunda.zeebe:userTask retries 1 {"io.camunda.zeebe:assignee":"ann","io.camunda.zeebe:candidateGroups":"[\\"a\\",\\"b\\"]","io.camunda.zeebe:candidateUsers":"[\\"c\\"]"} {}',
    ],
  },
  'an assignee that is no text is an incident': {
    models: [person({ assignee: '=5' })],
    steps: [{ start: 'p' }, { until: 'incident ask' }],
    records: [
      "incident ask CREATED EXTRACT_VALUE_ERROR: Expected result of the expression '5' to be 'STRING', but was 'NUMBER'.",
    ],
  },
  'it may throw an error': {
    models: [
      model(
        'p',
        start(),
        userTask('ask'),
        errorBoundary('no', 'ask', 'refused'),
        end(),
        end('other'),
        flow('start -> ask -> end'),
        flow('no -> other'),
      ),
    ],
    steps: [{ start: 'p' }, { throw: userJob, code: 'refused' }, { until: 'element p COMPLETED' }],
    records: ['element ask TERMINATED', 'element no COMPLETED', 'element p COMPLETED'],
  },
}

export const taskScenarios: Scenarios = {
  'a manual task passes': {
    models: [
      model(
        'p',
        start(),
        {
          inside: serviceTask('t', 'x')
            .inside.replace(/<bpmn:extensionElements>.*<\/bpmn:extensionElements>/, '')
            .replaceAll('bpmn:serviceTask', 'bpmn:manualTask'),
        },
        end(),
        flow('start -> t -> end'),
      ),
    ],
    steps: [{ start: 'p' }],
    records: ['element t ACTIVATING MANUAL_TASK', 'element t COMPLETED', 'element p COMPLETED'],
  },
  'an undefined task passes': {
    models: [
      model(
        'p',
        start(),
        {
          inside: serviceTask('t', 'x')
            .inside.replace(/<bpmn:extensionElements>.*<\/bpmn:extensionElements>/, '')
            .replaceAll('bpmn:serviceTask', 'bpmn:task'),
        },
        end(),
        flow('start -> t -> end'),
      ),
    ],
    steps: [{ start: 'p' }],
    records: ['element t ACTIVATING TASK', 'element t COMPLETED', 'element p COMPLETED'],
  },
  'a send task is done by a job worker': {
    models: [
      model(
        'p',
        start(),
        { inside: serviceTask('t', 'mail').inside.replaceAll('bpmn:serviceTask', 'bpmn:sendTask') },
        end(),
        flow('start -> t -> end'),
      ),
    ],
    steps: [{ start: 'p' }, { complete: 'mail' }],
    records: ['element t ACTIVATING SEND_TASK', 'job t CREATED mail', 'element p COMPLETED'],
  },
}
