/** What each call of JavaClient.java has to come to; keys are `…`. */
export const javaAnswers: Readonly<Record<string, unknown>> = {
  topology: [1, 'LEADER', 'HEALTHY'],
  'topology by REST': 1,
  deploy: ['order 1', 'next 1', 'sum 1', 'ticket 1'],
  'deploy what is broken': {
    code: 'INVALID_ARGUMENT',
    message:
      "Command 'CREATE' rejected with code 'INVALID_ARGUMENT': Expected to deploy new resources, but encountered the following errors:\n'broken.bpmn': - Element: task > extensionElements > taskDefinition\n    - ERROR: Attribute 'type' must be present and not empty\n- Element: task > extensionElements > taskDefinition\n    - ERROR: Expected expression but not found.\n",
  },
  'create what is not there': {
    code: 'NOT_FOUND',
    message:
      "Command 'CREATE' rejected with code 'NOT_FOUND': Expected to find process definition with process ID 'nothing', but none found",
  },
  activate: {
    element: 'charge',
    headers: { by: 'card' },
    process: 'order',
    retries: 3,
    variables: { amount: 10, order: 'a-1' },
    worker: 'java',
  },
  'update its timeout': 'done',
  fail: 'done',
  'activate again': 1,
  'fail for good': 'done',
  'its incident': 'no coins at all',
  'resolve too early': {
    code: 'NOT_FOUND',
    message:
      "Command 'RESOLVE' rejected with code 'NOT_FOUND': Expected to resolve incident with key '…', but job with key '…' has no retries left. Please update the job retries and retry resolving the incident",
  },
  'update its retries': 'done',
  resolve: 'done',
  complete: 'done',
  'complete again': {
    code: 'NOT_FOUND',
    message:
      "Command 'COMPLETE' rejected with code 'NOT_FOUND': Expected to complete job with key '…', but no such job was found",
  },
  publish: true,
  'publish again': {
    code: 'ALREADY_EXISTS',
    message:
      "Command 'PUBLISH' rejected with code 'ALREADY_EXISTS': Expected to publish a new message with id 'm-1', but a message with that id was already published",
  },
  broadcast: true,
  'what came of it': { amount: 10, by: 'ship', order: 'a-1', paid: 5, receipt: 'r-1' },
  'set variables': true,
  'set variables of nobody': {
    code: 'NOT_FOUND',
    message:
      "Command 'UPDATE' rejected with code 'NOT_FOUND': Expected to update variables for element with key '…', but no such element was found",
  },
  throw: 'done',
  'what caught it': {
    element: 'refund',
    headers: {},
    process: 'order',
    retries: 3,
    variables: { amount: 10, order: 'b-1' },
    worker: 'java',
  },
  'start at an element': 1,
  'a streamed job': {
    element: 'archive',
    headers: {},
    process: 'order',
    retries: 3,
    variables: { order: 'c-1' },
    worker: 'streamer',
  },
  'create with its result': { sum: 3 },
  modify: 'done',
  'what it went to': {
    element: 'refund',
    headers: {},
    process: 'order',
    retries: 3,
    variables: { amount: 10, order: 'd-1', reason: 'late' },
    worker: 'java',
  },
  'modify what has ended': {
    code: 'NOT_FOUND',
    message:
      "Command 'MODIFY' rejected with code 'NOT_FOUND': Expected to modify process instance but no process instance found with key '…'",
  },
  migrate: 'done',
  'where it went on': {
    element: 'send',
    headers: {},
    process: 'next',
    retries: 3,
    variables: { amount: 10, order: 'e-1' },
    worker: 'java',
  },
  cancel: 'done',
  'cancel again': {
    code: 'NOT_FOUND',
    message:
      "Command 'CANCEL' rejected with code 'NOT_FOUND': Expected to cancel a process instance with key '…', but no such process was found",
  },
  'complete what was cancelled': {
    code: 'NOT_FOUND',
    message:
      "Command 'COMPLETE' rejected with code 'NOT_FOUND': Expected to complete job with key '…', but no such job was found",
  },
  evaluate: ['20', 'LITERAL_EXPRESSION'],
  'evaluate what fails':
    "Expected to evaluate decision 'discount', but Assertion failure on evaluate the expression 'assert(amount, amount != null) * 0.1': The condition is not fulfilled",
  'evaluate what is not there': {
    code: 'INVALID_ARGUMENT',
    message:
      "Command 'EVALUATE' rejected with code 'INVALID_ARGUMENT': Expected to evaluate decision 'nothing', but no decision found for id 'nothing'",
  },
  assign: 'done',
  'assign another': {
    code: 409,
    message:
      "Command 'CLAIM' rejected with code 'INVALID_STATE': Expected to claim user task with key '…', but it has already been assigned",
  },
  unassign: 'done',
  update: 'done',
  'as it is now': 70,
  finish: 'done',
  'finish again': {
    code: 404,
    message:
      "Command 'COMPLETE' rejected with code 'NOT_FOUND': Expected to complete user task with key '…', but no such user task was found",
  },
  'what it brought': { approved: true },
  delete: 'done',
  'delete again': {
    code: 'NOT_FOUND',
    message:
      "Command 'DELETE' rejected with code 'NOT_FOUND': Expected to delete resource but no resource found with key `…`",
  },
}

/** What each call of python_client.py has to come to: what is refused, by the exception that pyzeebe has for it. */
export const pythonAnswers: Readonly<Record<string, unknown>> = {
  topology: ['LEADER'],
  deploy: ['order 1', 'sum 1', 'ticket 1'],
  'deploy what is broken': 'ProcessInvalidError',
  'create what is not there': 'ProcessDefinitionNotFoundError',
  'a job': ['charge', { by: 'card' }, 3, { order: 'a-1', amount: 10 }],
  'the same, failed once': ['charge', { by: 'card' }, 2, { order: 'a-1', amount: 10 }],
  publish: 'done',
  'publish again': 'MessageAlreadyExistsError',
  broadcast: 'done',
  'what came of it': ['archive', {}, 3, { order: 'a-1', amount: 10, paid: 5, receipt: 'r-1', by: 'ship' }],
  'what caught the error': ['refund', {}, 3, { order: 'b-1', amount: 10 }],
  'create with its result': { sum: 3 },
  cancel: 'done',
  'cancel again': 'ProcessInstanceNotFoundError',
  evaluate: 20,
  'evaluate what is not there': 'DecisionNotFoundError',
}
