import { end, flow, model, serviceTask, start } from '../../../src/engine/testing/bpmn.ts'
import type { Scenarios } from '../scenario.ts'

const work = model('p', start(), serviceTask('task', 'work'), end(), flow('start -> task -> end'))
const withTask = (...options: Parameters<typeof serviceTask>) =>
  model('p', start(), serviceTask(...options), end(), flow('start -> task -> end'))

export const serviceTaskScenarios: Scenarios = {
  'a job is created when the task is entered, and the task completes with it': {
    models: [work],
    steps: [{ start: 'p' }, { complete: 'work', variables: { x: 1 } }],
    records: [
      'element task ACTIVATING SERVICE_TASK in p',
      'job task CREATED work retries 3 {}',
      'element task ACTIVATED',
      'job task COMPLETED work {"x":1}',
      'element task COMPLETING',
      'variable x CREATED 1 in p',
      'element task COMPLETED',
      'flow task_end TAKEN',
      'element end ACTIVATING END_EVENT in p',
      'element p COMPLETED',
    ],
  },
  'the type of a job may be an expression': {
    models: [withTask('task', '="work-" + kind')],
    steps: [{ start: 'p', variables: { kind: 'a' } }, { complete: 'work-a' }],
    records: ['job task CREATED work-a', 'element p COMPLETED'],
  },
  'a type that is no string is an incident, and the task goes on when that is resolved': {
    models: [withTask('task', '=kind')],
    steps: [
      { start: 'p', variables: { kind: 1 } },
      { until: 'incident task' },
      { set: { kind: 'work' }, in: 'p' },
      { resolve: 'task' },
      { complete: 'work' },
    ],
    records: [
      "incident task CREATED EXTRACT_VALUE_ERROR: Expected result of the expression 'kind' to be 'STRING', but was 'NUMBER'.",
      'incident task RESOLVED',
      'job task CREATED work',
      'element task ACTIVATED',
      'element p COMPLETED',
    ],
  },
  'a type that is null is an incident that tells which variable is missing': {
    models: [withTask('task', '=kind')],
    steps: [{ start: 'p' }, { until: 'incident task' }],
    records: [
      "incident task CREATED EXTRACT_VALUE_ERROR: Expected result of the expression 'kind' to be 'STRING', but was 'NULL'.",
    ],
    never: ['job', 'element task ACTIVATED'],
  },
  'retries may be an expression, and their number goes with the job': {
    models: [withTask('task', 'work', { retries: '=tries' })],
    steps: [{ start: 'p', variables: { tries: 7 } }, { take: 'work' }],
    records: ['job task CREATED work retries 7'],
    answers: ['job task work retries 7 {} {"tries":7}'],
  },
  'retries that are no number are an incident': {
    models: [withTask('task', 'work', { retries: '="many"' })],
    steps: [{ start: 'p' }, { until: 'incident task' }],
    records: [
      "incident task CREATED EXTRACT_VALUE_ERROR: Expected result of the expression '\"many\"' to be 'NUMBER', but was 'STRING'.",
    ],
  },
  'headers go with the job': {
    models: [withTask('task', 'work', { headers: { method: 'POST', url: 'a' } })],
    steps: [{ start: 'p' }, { take: 'work' }],
    answers: ['job task work retries 3 {"method":"POST","url":"a"} {}'],
  },
  'a job shows all variables of its scope and those around it': {
    models: [withTask('task', 'work', { inputs: { mine: '=outer + 1', outer: '=5' } })],
    steps: [{ start: 'p', variables: { outer: 1, other: true } }, { take: 'work' }],
    answers: ['job task work retries 3 {} {"mine":2,"other":true,"outer":5}'],
  },
  'a job shows only the variables that are asked for': {
    models: [work],
    steps: [
      { start: 'p', variables: { a: 1, b: 2, c: 3 } },
      { take: 'work', fetch: ['c', 'a', 'nothing'] },
    ],
    answers: ['job task work retries 3 {} {"a":1,"c":3}'],
  },
  'jobs of a type are taken in the order of their creation': {
    models: [work],
    steps: [
      { start: 'p', variables: { n: 1 } },
      { start: 'p', variables: { n: 2 } },
      { start: 'p', variables: { n: 3 } },
      { take: 'work', max: 2 },
      { take: 'work', max: 2 },
    ],
    answers: [
      'job task work retries 3 {} {"n":1}',
      'job task work retries 3 {} {"n":2}',
      'job task work retries 3 {} {"n":3}',
    ],
    records: ['jobs work ACTIVATED 2', 'jobs work ACTIVATED 1'],
  },
  'a job that was taken is not to be had again': {
    models: [work],
    steps: [{ start: 'p' }, { take: 'work' }, { take: 'work', max: 0 }],
    answers: ['job task work', 'no job work'],
  },
  'a job that is not finished in time can be taken again': {
    models: [work],
    steps: [
      { start: 'p' },
      { take: 'work', timeout: 1000 },
      { clock: 1001 },
      { until: 'job task TIMED_OUT' },
      { take: 'work' },
    ],
    records: ['jobs work ACTIVATED 1', 'job task TIMED_OUT work', 'jobs work ACTIVATED 1'],
    answers: ['job task work retries 3', 'job task work retries 3'],
  },
  'a job that timed out can still be completed': {
    models: [work],
    steps: [
      { start: 'p' },
      { take: 'work', timeout: 1000 },
      { clock: 1001 },
      { until: 'job task TIMED_OUT' },
      { complete: 'work' },
    ],
    records: ['job task TIMED_OUT', 'job task COMPLETED', 'element p COMPLETED'],
  },
  'a failed job with retries left is to be had again at once': {
    models: [work],
    steps: [{ start: 'p' }, { fail: 'work', retries: 2, message: 'not yet' }, { take: 'work' }],
    records: ["job task FAILED retries 2 'not yet' backoff 0", 'jobs work ACTIVATED 1'],
    answers: ['FailJob ok', 'job task work retries 2'],
    never: ['incident'],
  },
  'a failed job with a back-off is to be had when that is over': {
    models: [work],
    steps: [
      { start: 'p' },
      { fail: 'work', retries: 2, backoff: 5000 },
      { take: 'work', max: 0 },
      { clock: 5001 },
      { until: 'job task RECURRED_AFTER_BACKOFF' },
      { take: 'work' },
    ],
    records: ["job task FAILED retries 2 '' backoff 5000", 'job task RECURRED_AFTER_BACKOFF'],
    answers: ['no job work', 'job task work retries 2'],
  },
  'a failed job without retries is an incident with its message': {
    models: [work],
    steps: [{ start: 'p' }, { fail: 'work', retries: 0, message: 'broken' }, { take: 'work', max: 0 }],
    records: ["job task FAILED retries 0 'broken'", 'incident task CREATED JOB_NO_RETRIES: broken'],
    answers: ['no job work'],
  },
  'without a message it says that no retries are left': {
    models: [work],
    steps: [{ start: 'p' }, { fail: 'work', retries: 0 }],
    records: ['incident task CREATED JOB_NO_RETRIES: No more retries left.'],
  },
  'variables of a failed job are local to its task': {
    models: [work],
    steps: [{ start: 'p' }, { fail: 'work', retries: 1, variables: { why: 'x' } }, { complete: 'work' }],
    records: ['job task FAILED', 'variable why CREATED "x" in task', 'element p COMPLETED'],
    never: ['variable why CREATED "x" in p'],
  },
  'raising the retries alone frees no job: the incident must be resolved': {
    models: [work],
    steps: [
      { start: 'p' },
      { take: 'work' },
      { fail: 'work', retries: 0 },
      { until: 'incident task CREATED' },
      { resolve: 'task' },
      { take: 'work', max: 0 },
    ],
    answers: [
      "ResolveIncident NOT_FOUND: Command 'RESOLVE' rejected with code 'NOT_FOUND': Expected to resolve incident with key '<key>', but job with key '<key>' has no retries left.",
      'no job work',
    ],
  },
  'retries can be raised while the job is taken': {
    models: [work],
    steps: [{ start: 'p' }, { take: 'work' }, { retries: 'work', to: 9 }, { complete: 'work' }],
    records: ['job task RETRIES_UPDATED retries 9', 'job task COMPLETED'],
  },
  'retries below one are refused': {
    models: [work],
    steps: [{ start: 'p' }, { take: 'work' }, { retries: 'work', to: 0 }],
    answers: [
      "UpdateJobRetries INVALID_ARGUMENT: Command 'UPDATE_RETRIES' rejected with code 'INVALID_ARGUMENT': Expected to update retries for job with key '<key>' with a positive amount of retries, but the amount given was '0'",
    ],
  },
  'the time of a job can be moved, from now on': {
    models: [work],
    steps: [
      { start: 'p' },
      { take: 'work', timeout: 1000 },
      { timeout: 'work', to: 60_000 },
      { clock: 59_000 },
      { take: 'work', max: 0 },
      { clock: 2_000 },
      { until: 'job task TIMED_OUT' },
    ],
    records: ['job task TIMEOUT_UPDATED', 'job task TIMED_OUT'],
    answers: ['UpdateJobTimeout ok', 'no job work'],
  },
  'a cancelled instance takes its job with it': {
    models: [work],
    steps: [{ start: 'p' }, { take: 'work' }, { cancel: 'p' }, { complete: 'work' }],
    records: [
      'element p TERMINATING',
      'element task TERMINATING',
      'job task CANCELED',
      'element task TERMINATED',
      'element p TERMINATED',
    ],
    answers: [
      'CancelProcessInstance ok',
      "CompleteJob NOT_FOUND: Command 'COMPLETE' rejected with code 'NOT_FOUND': Expected to complete job with key '<key>', but no such job was found",
    ],
  },
  'an instance is cancelled once': {
    models: [work],
    steps: [{ start: 'p' }, { cancel: 'p' }, { cancel: 'p' }],
    answers: [
      'CancelProcessInstance ok',
      "CancelProcessInstance NOT_FOUND: Command 'CANCEL' rejected with code 'NOT_FOUND': Expected to cancel a process instance with key '<key>', but no such process was found",
    ],
  },
  'a task may be the last element of its process': {
    models: [model('p', start(), serviceTask('task', 'work'), flow('start -> task'))],
    steps: [{ start: 'p' }, { complete: 'work' }],
    records: ['element task COMPLETED', 'element p COMPLETING', 'element p COMPLETED'],
  },
  'a task with several outgoing flows takes all of them': {
    models: [
      model(
        'p',
        start(),
        serviceTask('task', 'work'),
        end('a'),
        end('b'),
        flow('start -> task -> a'),
        flow('task -> b'),
      ),
    ],
    steps: [{ start: 'p' }, { complete: 'work' }],
    records: ['element task COMPLETED', 'flow task_', 'flow task_', 'element p COMPLETED'],
  },
  'a task that several flows lead to is entered once for each': {
    models: [
      model(
        'p',
        start(),
        { inside: '<bpmn:parallelGateway id="fork" />' },
        serviceTask('task', 'work'),
        end(),
        flow('start -> fork -> task -> end'),
        { inside: '<bpmn:sequenceFlow id="again" sourceRef="fork" targetRef="task" />' },
      ),
    ],
    steps: [{ start: 'p' }, { complete: 'work' }, { complete: 'work' }],
    records: [
      'job task CREATED',
      'job task CREATED',
      'element task COMPLETED',
      'element task#2 COMPLETED',
      'element p COMPLETED',
    ],
  },
}
