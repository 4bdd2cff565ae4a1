import {
  end,
  flow,
  messageBoundary,
  messageCatch,
  messageStart,
  model,
  receiveTask,
  serviceTask,
  start,
} from '../../../src/engine/testing/bpmn.ts'
import type { Scenarios } from '../scenario.ts'

const hears = model('p', start(), messageCatch('hear', 'news', '=key'), end(), flow('start -> hear -> end'))
const alsoHears = model('q', start(), messageCatch('hear', 'news', '=key'), end(), flow('start -> hear -> end'))
const twice = model(
  'p',
  start(),
  messageCatch('hear', 'news', '=key'),
  messageCatch('more', 'news', '=key'),
  end(),
  flow('start -> hear -> more -> end'),
)
const begun = model('p', messageStart('go', 'news'), serviceTask('task', 'work'), end(), flow('go -> task -> end'))
const receives = model('p', start(), receiveTask('get', 'news', '=key'), end(), flow('start -> get -> end'))
const waiting = 'subscription news CREATED'

export const messageScenarios: Scenarios = {
  'a message correlates with the instance that waits for its key': {
    models: [hears],
    steps: [
      { start: 'p', variables: { key: 'a' } },
      { until: waiting },
      { publish: 'news', key: 'a', variables: { x: 1 } },
      { until: 'element p COMPLETED' },
    ],
    records: [
      "waiting news CREATING key 'a' for hear of hear",
      'element hear ACTIVATED',
      "subscription news CREATED key 'a' of hear",
      "waiting news CREATED key 'a' for hear of hear",
      "message news PUBLISHED key 'a'",
      'subscription news CORRELATING',
      'message news EXPIRED',
      'waiting news CORRELATED',
      'event hear TRIGGERING {"x":1}',
      'element hear COMPLETING',
      'variable x CREATED 1 in p',
      'element hear COMPLETED',
      'element p COMPLETED',
    ],
  },
  'a message with another key, or another name, does not': {
    models: [hears],
    steps: [
      { start: 'p', variables: { key: 'a' } },
      { until: waiting },
      { publish: 'news', key: 'b' },
      { publish: 'other', key: 'a' },
    ],
    never: ['waiting news CORRELATED', 'element hear COMPLETING'],
  },
  'a message that is kept correlates with who waits later': {
    models: [hears],
    steps: [
      { publish: 'news', key: 'a', ttl: 60_000, variables: { x: 1 } },
      { start: 'p', variables: { key: 'a' } },
      { until: 'element p COMPLETED' },
    ],
    records: [
      'message news PUBLISHED',
      'subscription news CREATED',
      'subscription news CORRELATING',
      'waiting news CORRELATED',
      'variable x CREATED 1 in p',
      'element p COMPLETED',
    ],
  },
  'a message without a time to live is not kept': {
    models: [hears],
    steps: [{ publish: 'news', key: 'a' }, { start: 'p', variables: { key: 'a' } }, { until: waiting }],
    records: ['message news PUBLISHED', 'message news EXPIRED'],
    never: ['waiting news CORRELATED'],
  },
  'a message is not there after its time to live': {
    models: [hears],
    steps: [
      { publish: 'news', key: 'a', ttl: 60_000 },
      { clock: 130_000 },
      { until: 'message  EXPIRED' },
      { start: 'p', variables: { key: 'a' } },
      { until: waiting },
    ],
    never: ['waiting news CORRELATED'],
  },
  'a message correlates once a process, also where two instances wait': {
    models: [hears],
    steps: [
      { start: 'p', variables: { key: 'a' } },
      { start: 'p', variables: { key: 'a' } },
      { until: waiting, times: 2 },
      { publish: 'news', key: 'a', ttl: 60_000 },
      { until: 'element p COMPLETED' },
    ],
    records: ['waiting news CORRELATED', 'element p COMPLETED'],
    never: ['element p#2 COMPLETED'],
  },
  'the next message goes to the other instance': {
    models: [hears],
    steps: [
      { start: 'p', variables: { key: 'a' } },
      { start: 'p', variables: { key: 'a' } },
      { until: waiting, times: 2 },
      { publish: 'news', key: 'a' },
      { publish: 'news', key: 'a' },
      { until: 'element p#2 COMPLETED' },
    ],
    records: ['element p COMPLETED', 'element p#2 COMPLETED'],
  },
  'different processes all get it': {
    models: [hears, alsoHears],
    steps: [
      { start: 'p', variables: { key: 'a' } },
      { start: 'q', variables: { key: 'a' } },
      { until: waiting, times: 2 },
      { publish: 'news', key: 'a' },
      { until: 'element q COMPLETED' },
    ],
    records: ['waiting news CORRELATED', 'waiting news CORRELATED'],
  },
  'one message is not correlated twice with one instance': {
    models: [twice],
    steps: [
      { start: 'p', variables: { key: 'a' } },
      { until: waiting },
      { publish: 'news', key: 'a', ttl: 60_000 },
      { until: 'subscription news CREATED', times: 2 },
    ],
    records: ['waiting news CORRELATED', 'element hear COMPLETED', 'element more ACTIVATED'],
    never: ['element more COMPLETING'],
  },
  'messages that are kept are taken in their order': {
    models: [twice],
    steps: [
      { publish: 'news', key: 'a', ttl: 60_000, variables: { n: 1 } },
      { publish: 'news', key: 'a', ttl: 60_000, variables: { n: 2 } },
      { start: 'p', variables: { key: 'a' } },
      { until: 'element p COMPLETED' },
    ],
    records: ['variable n CREATED 1 in p', 'variable n UPDATED 2 in p', 'element p COMPLETED'],
  },
  'the same id, name and key are refused while the first is kept': {
    models: [hears],
    steps: [
      { publish: 'news', key: 'a', id: '1', ttl: 60_000 },
      { publish: 'news', key: 'a', id: '1', ttl: 60_000 },
    ],
    answers: [
      'PublishMessage ok',
      "PublishMessage ALREADY_EXISTS: Command 'PUBLISH' rejected with code 'ALREADY_EXISTS': Expected to publish a new message with id '1', but a message with that id was already published",
    ],
  },
  'the same id is refused even after the first has correlated': {
    models: [hears],
    steps: [
      { start: 'p', variables: { key: 'a' } },
      { until: waiting },
      { publish: 'news', key: 'a', id: '1', ttl: 60_000 },
      { until: 'element p COMPLETED' },
      { publish: 'news', key: 'a', id: '1', ttl: 60_000 },
    ],
    answers: ['PublishMessage ok', 'PublishMessage ALREADY_EXISTS'],
  },
  'the same id with another key or name is another message': {
    models: [hears],
    steps: [
      { publish: 'news', key: 'a', id: '1', ttl: 60_000 },
      { publish: 'news', key: 'b', id: '1', ttl: 60_000 },
      { publish: 'other', key: 'a', id: '1', ttl: 60_000 },
    ],
    answers: ['PublishMessage ok', 'PublishMessage ok', 'PublishMessage ok'],
  },
  'the same id is free again when the first has expired': {
    models: [hears],
    steps: [
      { publish: 'news', key: 'a', id: '1', ttl: 60_000 },
      { clock: 130_000 },
      { until: 'message  EXPIRED' },
      { publish: 'news', key: 'a', id: '1', ttl: 60_000 },
    ],
    answers: ['PublishMessage ok', 'PublishMessage ok'],
  },
  'a message without a time to live refuses none after it': {
    models: [hears],
    steps: [
      { publish: 'news', key: 'a', id: '1' },
      { publish: 'news', key: 'a', id: '1' },
    ],
    answers: ['PublishMessage ok', 'PublishMessage ok'],
  },
  'a key that is a number is its text': {
    models: [hears],
    steps: [
      { start: 'p', variables: { key: 12 } },
      { until: waiting },
      { publish: 'news', key: '12' },
      { until: 'element p COMPLETED' },
    ],
    records: ["subscription news CREATED key '12'", 'element p COMPLETED'],
  },
  'a key that is null is an incident': {
    models: [hears],
    steps: [
      { start: 'p' },
      { until: 'incident hear' },
      { set: { key: 'a' }, in: 'p' },
      { resolve: 'hear' },
      { until: waiting },
    ],
    records: [
      "incident hear CREATED EXTRACT_VALUE_ERROR: Failed to extract the correlation key for 'key': The value must be either a string or a number, but was 'NULL'.",
      'incident hear RESOLVED',
      'element hear ACTIVATED',
    ],
  },
  'a key that is a boolean is an incident': {
    models: [hears],
    steps: [{ start: 'p', variables: { key: true } }, { until: 'incident hear' }],
    records: [
      "incident hear CREATED EXTRACT_VALUE_ERROR: Failed to extract the correlation key for 'key': The value must be either a string or a number, but was 'BOOLEAN'.",
    ],
  },
  'a name may be an expression': {
    models: [
      model('p', start(), messageCatch('hear', '="news-" + which', '=key'), end(), flow('start -> hear -> end')),
    ],
    steps: [
      { start: 'p', variables: { key: 'a', which: 'x' } },
      { until: 'subscription news-x CREATED' },
      { publish: 'news-x', key: 'a' },
      { until: 'element p COMPLETED' },
    ],
    records: ['subscription news-x CREATED', 'element p COMPLETED'],
  },
  'name and key are fixed when the element is entered': {
    models: [hears],
    steps: [
      { start: 'p', variables: { key: 'a' } },
      { until: waiting },
      { set: { key: 'b' }, in: 'p' },
      { publish: 'news', key: 'b' },
      { publish: 'news', key: 'a', variables: { it: true } },
      { until: 'element p COMPLETED' },
    ],
    records: ['variable it CREATED true in p'],
  },
  'a cancelled instance waits no more': {
    models: [hears],
    steps: [
      { start: 'p', variables: { key: 'a' } },
      { until: waiting },
      { cancel: 'p' },
      { until: 'subscription news DELETED' },
      { publish: 'news', key: 'a' },
    ],
    records: [
      'element hear TERMINATING',
      'waiting news DELETING',
      'element hear TERMINATED',
      'subscription news DELETED',
      'waiting news DELETED',
    ],
    never: ['waiting news CORRELATED'],
  },
  'output mappings of a catch event decide what goes up': {
    models: [
      model(
        'p',
        start(),
        messageCatch('hear', 'news', '=key', { outputs: { said: '=x' } }),
        end(),
        flow('start -> hear -> end'),
      ),
    ],
    steps: [
      { start: 'p', variables: { key: 'a' } },
      { until: waiting },
      { publish: 'news', key: 'a', variables: { x: 1, y: 2 } },
      { until: 'element p COMPLETED' },
    ],
    records: ['variable x CREATED 1 in hear', 'variable said CREATED 1 in p'],
    never: ['variable x CREATED 1 in p', 'variable y CREATED 2 in p'],
  },
}

export const receiveTaskScenarios: Scenarios = {
  'it waits for its message': {
    models: [receives],
    steps: [
      { start: 'p', variables: { key: 'a' } },
      { until: waiting },
      { publish: 'news', key: 'a', variables: { x: 1 } },
      { until: 'element p COMPLETED' },
    ],
    records: [
      'element get ACTIVATING RECEIVE_TASK',
      'waiting news CREATING',
      'element get ACTIVATED',
      'waiting news CORRELATED',
      'variable x CREATED 1 in p',
      'element get COMPLETED',
    ],
  },
  'input mappings make the key': {
    models: [
      model(
        'p',
        start(),
        receiveTask('get', 'news', '=mine', { inputs: { mine: '=key + "!"' } }),
        end(),
        flow('start -> get -> end'),
      ),
    ],
    steps: [{ start: 'p', variables: { key: 'a' } }, { until: "subscription news CREATED key 'a!'" }],
    records: ["subscription news CREATED key 'a!'"],
  },
  'a boundary event ends its waiting': {
    models: [
      model(
        'p',
        start(),
        receiveTask('get', 'news', '=key'),
        messageBoundary('stop', 'get', 'halt', '=key'),
        end(),
        end('other'),
        flow('start -> get -> end'),
        flow('stop -> other'),
      ),
    ],
    steps: [
      { start: 'p', variables: { key: 'a' } },
      { until: 'subscription halt CREATED' },
      { publish: 'halt', key: 'a' },
      { until: 'element p COMPLETED' },
    ],
    records: ['element get TERMINATING', 'element get TERMINATED', 'element stop COMPLETED', 'element other COMPLETED'],
  },
}

export const messageStartScenarios: Scenarios = {
  'a message starts an instance with its variables': {
    models: [begun],
    steps: [{ publish: 'news', key: 'a', variables: { x: 1 } }, { complete: 'work' }],
    records: [
      'starting news CREATED go of p',
      'message news PUBLISHED',
      'starting news CORRELATED go of p',
      'element p ACTIVATING PROCESS',
      'element go ACTIVATING START_EVENT in p',
      'variable x CREATED 1 in go',
      'variable x CREATED 1 in p',
      'element go COMPLETED',
      'element p COMPLETED',
    ],
  },
  'one instance a key is active': {
    models: [begun],
    steps: [{ publish: 'news', key: 'a' }, { publish: 'news', key: 'a' }, { until: 'job task CREATED' }],
    never: ['element p#2'],
  },
  'a kept message starts the next when the first has ended': {
    models: [begun],
    steps: [
      { publish: 'news', key: 'a', variables: { n: 1 } },
      { publish: 'news', key: 'a', variables: { n: 2 }, ttl: 60_000 },
      { complete: 'work' },
      { complete: 'work' },
    ],
    records: ['element p COMPLETED', 'starting news CORRELATED', 'element p#2 ACTIVATING', 'element p#2 COMPLETED'],
  },
  'a kept message starts the next when the first was cancelled': {
    models: [begun, hears.replaceAll('"p"', '"q"')],
    steps: [{ publish: 'news', key: 'a' }, { publish: 'news', key: 'a', ttl: 60_000 }, { until: 'job task CREATED' }],
    records: ['element p ACTIVATED', 'job task CREATED'],
    never: ['element p#2'],
  },
  'different keys have an instance each': {
    models: [begun],
    steps: [{ publish: 'news', key: 'a' }, { publish: 'news', key: 'b' }, { complete: 'work' }, { complete: 'work' }],
    records: ['element p COMPLETED', 'element p#2 COMPLETED'],
  },
  'without a key there may be many': {
    models: [begun],
    steps: [{ publish: 'news' }, { publish: 'news' }, { complete: 'work' }, { complete: 'work' }],
    records: ['element p COMPLETED', 'element p#2 COMPLETED'],
  },
  'only the latest version is started': {
    models: [begun],
    steps: [{ deploy: [begun.replaceAll('work', 'labour')] }, { publish: 'news' }, { complete: 'labour' }],
    records: [
      'starting news DELETED',
      'starting news CREATED',
      'starting news CORRELATED',
      'job task CREATED labour',
      'element p COMPLETED',
    ],
    never: ['job task CREATED work'],
  },
  'such a process is not started by hand': {
    models: [begun],
    steps: [{ start: 'p' }],
    answers: [
      "CreateProcessInstance FAILED_PRECONDITION: Command 'CREATE' rejected with code 'INVALID_STATE': Expected to create instance of process with none start event, but there is no such event",
    ],
  },
  'with a none start event beside it both work': {
    models: [
      model(
        'p',
        start(),
        messageStart('go', 'news'),
        serviceTask('task', 'work'),
        end(),
        flow('start -> task -> end'),
        flow('go -> task'),
      ),
    ],
    steps: [{ start: 'p' }, { publish: 'news' }, { complete: 'work' }, { complete: 'work' }],
    records: ['element start COMPLETED', 'element go COMPLETED', 'element p COMPLETED', 'element p#2 COMPLETED'],
  },
  'output mappings of the start event decide what goes up': {
    models: [model('p', messageStart('go', 'news', { outputs: { said: '=x' } }), end(), flow('go -> end'))],
    steps: [{ publish: 'news', variables: { x: 1, y: 2 } }, { until: 'element p COMPLETED' }],
    records: ['variable x CREATED 1 in go', 'variable said CREATED 1 in p'],
    never: ['variable x CREATED 1 in p', 'variable y CREATED 2 in p'],
  },
  'a message starts and correlates, but not both in one process': {
    models: [begun, model('q', start(), messageCatch('hear', 'news', '=key'), end(), flow('start -> hear -> end'))],
    steps: [
      { start: 'q', variables: { key: 'a' } },
      { until: waiting },
      { publish: 'news', key: 'a' },
      { complete: 'work' },
      { until: 'element q COMPLETED' },
    ],
    records: ['message news PUBLISHED', 'element p COMPLETED'],
  },
}
