import {
  end,
  errorBoundary,
  flow,
  model,
  start,
  timerBoundary,
  type UserActivity,
  userTask,
} from '../../../src/engine/testing/bpmn.ts'
import type { Scenarios } from '../scenario.ts'

const jobType = 'io.camunda.zeebe:userTask'
const asks = (task: UserActivity = {}) => model('p', start(), userTask('ask', task), end(), flow('start -> ask -> end'))

export const assignedUserTaskScenarios: Scenarios = {
  'it is a job of its own type with one retry; its result goes up': {
    models: [asks()],
    steps: [{ start: 'p' }, { complete: jobType, variables: { yes: true } }],
    records: [
      'element ask ACTIVATING USER_TASK in p',
      `job ask CREATED ${jobType} retries 1 {}`,
      'element ask ACTIVATED',
      'element ask COMPLETING',
      'variable yes CREATED true in p',
      'element ask COMPLETED',
    ],
  },
  'who does it, until when, with which form is in its headers': {
    models: [
      asks({
        assignee: '=who',
        candidateGroups: 'a, b',
        candidateUsers: '=[who]',
        dueDate: '2026-02-01T10:00:00Z',
        form: { formKey: 'f' },
        headers: { h: 'v' },
      }),
    ],
    steps: [{ start: 'p', variables: { who: 'ann' } }],
    records: [
      `job ask CREATED ${jobType} retries 1 {"h":"v","io.camunda.zeebe:assignee":"ann","io.camunda.zeebe:candidateGroups":"[\\"a\\",\\"b\\"]","io.camunda.zeebe:candidateUsers":"[\\"ann\\"]","io.camunda.zeebe:dueDate":"2026-02-01T10:00Z","io.camunda.zeebe:formKey":"f"}`,
    ],
  },
  'what comes to nothing is not told': {
    models: [asks({ assignee: '=who', dueDate: '=when' })],
    steps: [{ start: 'p', variables: { who: '', when: null } }],
    records: [`job ask CREATED ${jobType} retries 1 {}`],
  },
  'an assignee that is no text is an incident; with its variable and when it is resolved, there is a job': {
    models: [asks({ assignee: '=who' })],
    steps: [{ start: 'p' }, { set: { who: 'ann' }, in: 'p' }, { resolve: 'ask' }],
    records: [
      "incident ask CREATED EXTRACT_VALUE_ERROR: Expected result of the expression 'who' to be 'STRING', but was 'NULL'.",
      'incident ask RESOLVED',
      `job ask CREATED ${jobType} retries 1 {"io.camunda.zeebe:assignee":"ann"}`,
    ],
  },
  'candidates that are no texts are an incident': {
    models: [asks({ candidateUsers: '=[1]' })],
    steps: [{ start: 'p' }],
    records: [
      "incident ask CREATED EXTRACT_VALUE_ERROR: Expected result of the expression '[1]' to be 'ARRAY' containing 'STRING' items, but was 'ARRAY' containing at least one non-'STRING' item.",
    ],
    never: ['job ask'],
  },
  'a form that is not deployed is an incident; deployed, its key is told': {
    models: [asks({ form: { formId: 'f' } })],
    steps: [
      { start: 'p' },
      { until: 'incident ask CREATED' },
      { deploy: [{ name: 'f.form', content: '{"id":"f"}' }] },
      { resolve: 'ask' },
    ],
    records: [
      "incident ask CREATED FORM_NOT_FOUND: Expected to find a form with id 'f', but no form with this id is found",
      'form f CREATED v1',
      'incident ask RESOLVED',
      `job ask CREATED ${jobType} retries 1 {"io.camunda.zeebe:formKey":`,
    ],
  },
  'a BPMN error thrown for it is caught': {
    models: [
      model(
        'p',
        start(),
        userTask('ask'),
        errorBoundary('refused', 'ask', 'NO'),
        end(),
        end('e2'),
        flow('start -> ask -> end'),
        flow('refused -> e2'),
      ),
    ],
    steps: [{ start: 'p' }, { throw: jobType, code: 'NO' }],
    records: ['element ask TERMINATED', 'element refused ACTIVATED', 'element e2 COMPLETED'],
  },
  'one that the engine has itself is no job': {
    models: [asks({ native: true, priority: '=20 + 1' })],
    steps: [{ start: 'p' }, { take: jobType, max: 0 }],
    records: [
      'element ask ACTIVATING USER_TASK in p',
      'USER_TASK CREATING',
      'USER_TASK CREATED',
      'element ask ACTIVATED',
    ],
    never: ['job ask'],
  },
  'it is canceled with its element': {
    models: [
      model(
        'p',
        start(),
        userTask('ask', { native: true }),
        timerBoundary('late', 'ask', { duration: 'PT1M' }),
        end(),
        end('e2'),
        flow('start -> ask -> end'),
        flow('late -> e2'),
      ),
    ],
    steps: [{ start: 'p' }, { until: 'element ask ACTIVATED' }, { clock: 60_000 }],
    records: [
      'element ask TERMINATING',
      'USER_TASK CANCELING',
      'USER_TASK CANCELED',
      'element ask TERMINATED',
      'element late ACTIVATED',
    ],
  },
  'a priority out of its range is an incident': {
    models: [asks({ native: true, priority: '=p' })],
    steps: [{ start: 'p', variables: { p: 101 } }],
    records: ["incident ask CREATED EXTRACT_VALUE_ERROR: Expected priority to be in the range [0,100] but was '101'."],
    never: ['USER_TASK'],
  },
}
