import type { Part } from '../../../src/engine/testing/bpmn.ts'
import {
  callActivity,
  compensating,
  compensationBoundary,
  compensationThrow,
  end,
  eventBased,
  eventSubProcess,
  flow,
  messageBegin,
  messageBoundary,
  messageCatch,
  model,
  parallel,
  serviceTask,
  start,
  subProcess,
  timerBoundary,
  timerCatch,
} from '../../../src/engine/testing/bpmn.ts'
import type { Scenarios } from '../scenario.ts'

const process = model(
  'p',
  start(),
  serviceTask('first'),
  subProcess('sub', {}, start('s'), serviceTask('inner'), serviceTask('beside'), end('e'), flow('s -> inner -> e')),
  timerBoundary('late', 'sub', { duration: 'PT1H' }),
  serviceTask('last'),
  end(),
  end('tooLate'),
  flow('start -> first -> sub -> last -> end'),
  flow('late -> tooLate'),
)
const many = model(
  'p',
  start(),
  serviceTask('first'),
  subProcess('each', { multi: { in: '=[1]' } }, start('s'), serviceTask('inner'), flow('s -> inner')),
  flow('start -> first -> each'),
)
const gateway = model(
  'p',
  start(),
  serviceTask('first'),
  eventBased('g'),
  timerCatch('wait', { duration: 'PT1S' }),
  messageCatch('come', 'm', '="k"'),
  flow('start -> first -> g -> wait'),
  flow('g -> come'),
)
const calling = [
  model('p', start(), callActivity('call', 'child'), serviceTask('after'), flow('start -> call -> after')),
  model('child', start('s'), serviceTask('inner'), flow('s -> inner')),
]

export const startInstructionScenarios: Scenarios = {
  'an instance begins in a subprocess, which opens with its boundary events': {
    models: [process],
    steps: [
      { start: 'p', at: ['inner'] },
      { until: 'job inner CREATED' },
      { clock: 3_600_000 },
      { until: 'element p COMPLETED' },
    ],
    records: [
      'element p ACTIVATING PROCESS',
      'element p ACTIVATED',
      'element sub ACTIVATING SUB_PROCESS in p',
      'element sub ACTIVATED',
      'timer late CREATED +3600000',
      'creation p CREATED',
      'element inner ACTIVATING SERVICE_TASK in sub',
      'timer late TRIGGERED',
      'element tooLate COMPLETED',
    ],
    never: ['element start', 'element s '],
  },
  'several branches begin at once, in one instance of their subprocess': {
    models: [process],
    steps: [
      { start: 'p', at: ['inner', 'beside', 'last'] },
      { complete: 'beside' },
      { complete: 'inner' },
      { until: 'job last CREATED', times: 2 },
    ],
    records: [
      'element inner ACTIVATING',
      'element beside ACTIVATING',
      'element last ACTIVATING',
      'element sub COMPLETED',
    ],
    never: ['element sub#2'],
  },
  'a join needs no tokens': {
    models: [
      model(
        'p',
        start(),
        parallel('fork'),
        serviceTask('a'),
        serviceTask('b'),
        parallel('join'),
        end(),
        flow('start -> fork -> a -> join'),
        flow('fork -> b -> join -> end'),
      ),
    ],
    steps: [{ start: 'p', at: ['join'] }, { until: 'element p COMPLETED' }],
    records: ['element join ACTIVATING PARALLEL_GATEWAY in p', 'element p COMPLETED'],
    never: ['refused'],
  },
  'a multi-instance activity begins as a whole': {
    models: [model('p', start(), serviceTask('each', 'work', { multi: { in: '=[1,2]' } }), flow('start -> each'))],
    steps: [
      { start: 'p', at: ['each'] },
      { until: 'job each CREATED', times: 2 },
    ],
    records: [
      'element each:all ACTIVATING MULTI_INSTANCE_BODY in p',
      'element each ACTIVATING SERVICE_TASK in each:all',
    ],
  },
  'an element that is not there': {
    models: [process],
    steps: [{ start: 'p', at: ['inner', 'nobody'] }],
    answers: [
      "CreateProcessInstance INVALID_ARGUMENT: Command 'CREATE' rejected with code 'INVALID_ARGUMENT': Expected to create instance of process with start instructions but no element found with id 'nobody'.",
    ],
    never: ['element '],
  },
  'an element in a multi-instance subprocess': {
    models: [many],
    steps: [{ start: 'p', at: ['inner'] }],
    answers: [
      "CreateProcessInstance INVALID_ARGUMENT: Command 'CREATE' rejected with code 'INVALID_ARGUMENT': Expected to create instance of process with start instructions but the element with id 'inner' is inside a multi-instance subprocess. The creation of elements inside a multi-instance subprocess is not supported.",
    ],
  },
  'start events, boundary events and flows': {
    models: [process],
    steps: [
      { start: 'p', at: ['start'] },
      { start: 'p', at: ['late'] },
      { start: 'p', at: ['start_first'] },
    ],
    answers: ['START_EVENT', 'BOUNDARY_EVENT', 'SEQUENCE_FLOW'].map(
      (type, n) =>
        `CreateProcessInstance INVALID_ARGUMENT: Command 'CREATE' rejected with code 'INVALID_ARGUMENT': Expected to create instance of process with start instructions but the element with id '${['start', 'late', 'start_first'][n]}' targets unsupported element type '${type}'. Supported element types are: `,
    ),
  },
  'an event after an event-based gateway': {
    models: [gateway],
    steps: [{ start: 'p', at: ['wait'] }],
    answers: [
      "CreateProcessInstance INVALID_ARGUMENT: Command 'CREATE' rejected with code 'INVALID_ARGUMENT': Expected to create instance of process with start instructions but the element with id 'wait' belongs to an event-based gateway. The creation of elements belonging to an event-based gateway is not supported.",
    ],
  },
  'a scope that cannot open what it waits for': {
    models: [
      model(
        'p',
        start(),
        subProcess('sub', {}, start('s'), serviceTask('inner'), flow('s -> inner')),
        messageBoundary('ask', 'sub', 'ask', '=unknown'),
        end(),
        flow('start -> sub'),
        flow('ask -> end'),
      ),
    ],
    steps: [{ start: 'p', at: ['inner'] }],
    answers: [
      "CreateProcessInstance INVALID_ARGUMENT: Command 'CREATE' rejected with code 'INVALID_ARGUMENT': Expected to subscribe to catch event(s) of 'sub' but Failed to extract the correlation key for 'unknown': The value must be either a string or a number, but was 'NULL'.",
    ],
    never: ['element '],
  },
}

const modified = (activate: { element: string; in?: string }[], terminate: string[] = []) => ({
  modify: 'p',
  activate,
  terminate,
})
const working = { until: 'job first CREATED' }
const refused = (why: string) =>
  `ModifyProcessInstance INVALID_ARGUMENT: Command 'MODIFY' rejected with code 'INVALID_ARGUMENT': Expected to modify instance of process 'p' but ${why}`
const activates = 'it contains one or more activate instructions'

export const modificationScenarios: Scenarios = {
  'an element is put in and another one taken out; what was put in begins last': {
    models: [process],
    steps: [{ start: 'p' }, working, modified([{ element: 'last' }], ['first']), { complete: 'last' }],
    records: [
      'element first TERMINATING',
      'job first CANCELED',
      'element first TERMINATED',
      'PROCESS_INSTANCE_MODIFICATION MODIFIED',
      'element last ACTIVATING SERVICE_TASK in p',
      'element p COMPLETED',
    ],
    never: ['flow first_sub'],
  },
  'scopes are opened for it, with variables and what they wait for': {
    models: [process],
    steps: [
      { start: 'p' },
      working,
      { modify: 'p', activate: [{ element: 'inner', variables: { x: 1 }, scope: 'sub' }], terminate: ['first'] },
      { take: 'inner' },
    ],
    records: [
      'element sub ACTIVATING SUB_PROCESS in p',
      'variable x CREATED 1 in sub',
      'element sub ACTIVATED',
      'timer late CREATED',
      'element first TERMINATED',
      'PROCESS_INSTANCE_MODIFICATION MODIFIED',
      'element inner ACTIVATING SERVICE_TASK in sub',
    ],
    answers: ['job inner inner retries 3 {} {"x":1}'],
  },
  'variables of the instance are set before the scopes open': {
    models: [process],
    steps: [{ start: 'p' }, working, { modify: 'p', activate: [{ element: 'inner', variables: { x: 1 } }] }],
    records: ['variable x CREATED 1 in p', 'element sub ACTIVATING'],
  },
  'scopes in which nothing is left end too': {
    models: [process],
    steps: [{ start: 'p', at: ['inner'] }, { until: 'job inner CREATED' }, modified([{ element: 'last' }], ['inner'])],
    records: ['element inner TERMINATED', 'timer late CANCELED', 'element sub TERMINATED', 'element last ACTIVATING'],
  },
  'a scope stays that something is put into': {
    models: [process],
    steps: [
      { start: 'p', at: ['inner'] },
      { until: 'job inner CREATED' },
      modified([{ element: 'beside' }], ['inner']),
    ],
    records: ['element inner TERMINATED', 'element beside ACTIVATING SERVICE_TASK in sub'],
    never: ['element sub TERMINATING', 'element sub#2'],
  },
  'the instance ends when nothing is left': {
    models: [process],
    steps: [{ start: 'p' }, working, modified([], ['first'])],
    records: [
      'element first TERMINATED',
      'element p TERMINATING',
      'element p TERMINATED',
      'PROCESS_INSTANCE_MODIFICATION',
    ],
  },
  'a scope is opened again below the ancestor that is chosen': {
    models: [process],
    steps: [
      { start: 'p', at: ['inner'] },
      { until: 'job inner CREATED' },
      modified([{ element: 'inner', in: 'p' }]),
      { until: 'job inner CREATED', times: 2 },
      modified([{ element: 'beside' }]),
      modified([{ element: 'beside', in: 'sub' }]),
    ],
    records: [
      'element sub#2 ACTIVATED',
      'element inner#2 ACTIVATING',
      'element beside ACTIVATING SERVICE_TASK in sub#2',
    ],
    answers: [
      refused(
        `${activates} for an element that has a flow scope with more than one active instance: 'sub'. Can't decide in which instance of the flow scope the element should be activated. Please specify an ancestor element instance key for this activate instruction.`,
      ),
    ],
  },
  'a call activity takes the called process with it': {
    models: calling,
    steps: [{ start: 'p' }, { until: 'job inner CREATED' }, modified([{ element: 'after' }], ['call'])],
    records: [
      'element call TERMINATING',
      'element child TERMINATING',
      'element inner TERMINATING',
      'element inner TERMINATED',
      'element child TERMINATED',
      'element call TERMINATED',
      'element after ACTIVATING',
    ],
  },
  'a scope that an event subprocess had ended takes elements again': {
    models: [
      model(
        'p',
        start(),
        serviceTask('first'),
        eventSubProcess('stop', {}, messageBegin('ask', 'ask', '="k"'), serviceTask('react'), flow('ask -> react')),
        flow('start -> first'),
      ),
    ],
    steps: [
      { start: 'p' },
      { until: 'subscription ask CREATED' },
      { publish: 'ask', key: 'k' },
      { until: 'job react CREATED' },
      modified([{ element: 'first' }]),
      { until: 'job first CREATED', times: 2 },
    ],
    records: ['element first TERMINATED', 'element react ACTIVATED', 'element first#2 ACTIVATED'],
  },
  'what cannot be put in or taken out': {
    models: [gateway],
    steps: [
      { start: 'p' },
      working,
      modified([{ element: 'nobody' }]),
      modified([{ element: 'wait' }]),
      modified([{ element: 'start' }]),
      modified([{ element: 'come', in: 'first' }]),
    ],
    answers: [
      refused(`${activates} with an element that could not be found: 'nobody'`),
      refused(
        `${activates} for elements that are unsupported: 'wait'. The activation of events belonging to an event-based gateway is not supported.`,
      ),
      refused(
        `${activates} for elements that are unsupported: 'start'. The activation of elements with type 'START_EVENT' is not supported. Supported element types are: [PROCESS, SUB_PROCESS,`,
      ),
    ],
  },
  'an instance in a multi-instance activity': {
    models: [many],
    steps: [{ start: 'p' }, working, modified([{ element: 'inner' }])],
    answers: [
      refused(
        `${activates} that would result in the activation of multi-instance element 'each', which is currently unsupported.`,
      ),
    ],
  },
  'variables of a scope that is not around the element': {
    models: [process],
    steps: [
      { start: 'p' },
      working,
      { modify: 'p', activate: [{ element: 'inner', variables: {}, scope: 'nobody' }] },
      { modify: 'p', activate: [{ element: 'inner', variables: {}, scope: 'last' }] },
    ],
    answers: [
      refused(
        "it contains one or more variable instructions with a scope element id that could not be found: 'nobody'",
      ),
      refused(
        "it contains one or more variable instructions with a scope element that doesn't belong to the activating element's flow scope. These variables should be set before or after the modification.",
      ),
    ],
  },
}

const one = (id: string, task: string, key: string) =>
  model(
    id,
    start(),
    serviceTask(task, 'work'),
    messageBoundary(`${task}Asked`, task, 'ask', key),
    timerBoundary(`${task}Late`, task, { duration: 'PT1H' }),
    end(),
    end('asked'),
    flow(`start -> ${task} -> end`),
    flow(`${task}Asked -> asked`),
    flow(`${task}Late -> asked`),
  )
const pair = [one('p', 'A', '="a"'), one('q', 'B', '="b"')]
const undone = (id: string, activity: string, wait: string, ...more: Part[]) =>
  model(
    id,
    start(),
    serviceTask(activity, 'do'),
    ...more,
    serviceTask(wait, 'work'),
    compensationThrow('undo'),
    end(),
    flow(`start -> ${activity} -> ${wait} -> undo -> end`),
  )
const by = (activity: string): Part[] => [
  compensationBoundary(`on-${activity}`, activity, `undo-${activity}`),
  compensating(serviceTask(`undo-${activity}`)),
]
const all = { A: 'B', AAsked: 'BAsked', ALate: 'BLate' }
const opened = { until: 'subscription ask CREATED' }
const notMigrated = (why: string) =>
  `MigrateProcessInstance FAILED_PRECONDITION: Command 'MIGRATE' rejected with code 'INVALID_STATE': Expected to migrate process instance '<key>' but ${why}`

export const migrationScenarios: Scenarios = {
  'an instance goes on in another process, with its job': {
    models: pair,
    steps: [
      { start: 'p', variables: { x: 1 } },
      opened,
      { migrate: 'p', to: 'q', map: all },
      { complete: 'work' },
      { until: 'element p COMPLETED' },
    ],
    records: [
      'element p MIGRATED',
      'variable x MIGRATED',
      'element A MIGRATED',
      'job B MIGRATED',
      "waiting ask MIGRATED key 'a' for BAsked",
      'timer BLate MIGRATED',
      'PROCESS_INSTANCE_MIGRATION MIGRATED',
      "subscription ask MIGRATED key 'a'",
      'job B COMPLETED',
      'flow B_end TAKEN',
    ],
  },
  'an event that is mapped keeps its key': {
    models: pair,
    steps: [
      { start: 'p' },
      opened,
      { migrate: 'p', to: 'q', map: all },
      { publish: 'ask', key: 'b' },
      { publish: 'ask', key: 'a' },
      { until: 'element asked COMPLETED' },
    ],
    records: [
      'waiting ask MIGRATED',
      "message ask PUBLISHED key 'b'",
      "message ask PUBLISHED key 'a'",
      'element BAsked ACTIVATED',
    ],
  },
  'an event that is not mapped is closed, and a new one opened': {
    models: [pair[0]!, pair[1]!.replace('name="ask"', 'name="another"')],
    steps: [
      { start: 'p' },
      opened,
      { migrate: 'p', to: 'q', map: { A: 'B' } },
      { until: 'subscription another CREATED' },
      { publish: 'another', key: 'b' },
      { until: 'element asked COMPLETED' },
    ],
    records: ['element BAsked ACTIVATED'],
  },
  'what was completed is compensated by the handler that it has in the new process': {
    models: [undone('p', 'a', 'wait', ...by('a')), undone('q', 'b', 'rest', ...by('b'))],
    steps: [
      { start: 'p' },
      { complete: 'do' },
      { until: 'job wait CREATED' },
      { migrate: 'p', to: 'q', map: { a: 'b', wait: 'rest' } },
      { complete: 'work' },
      { complete: 'undo-b' },
      { until: 'element p COMPLETED' },
    ],
    records: ['job rest COMPLETED', 'element on-b COMPLETED', 'element undo-b COMPLETED', 'element undo COMPLETED'],
  },
  'what has no handler in the new process is not compensated there': {
    models: [undone('p', 'a', 'wait', ...by('a')), undone('q', 'a', 'wait')],
    steps: [
      { start: 'p' },
      { complete: 'do' },
      { until: 'job wait CREATED' },
      { migrate: 'p', to: 'q', map: { wait: 'wait' } },
      { complete: 'work' },
      { until: 'element p COMPLETED' },
    ],
    records: ['element wait COMPLETED', 'element undo COMPLETED'],
    never: ['element undo-a'],
  },
  'an incident goes with its job': {
    models: pair,
    steps: [
      { start: 'p' },
      { fail: 'work', retries: 0 },
      { until: 'incident A CREATED' },
      { migrate: 'p', to: 'q', map: all },
    ],
    records: ['incident A CREATED JOB_NO_RETRIES', 'job B MIGRATED', 'incident B MIGRATED JOB_NO_RETRIES'],
  },
  'an element without a mapping': {
    models: pair,
    steps: [{ start: 'p' }, opened, { migrate: 'p', to: 'q', map: {} }],
    answers: [
      notMigrated(
        "no mapping instruction defined for active element with id 'A'. Elements cannot be migrated without a mapping.",
      ),
    ],
    never: ['element p MIGRATED'],
  },
  'an element that becomes one of another type': {
    models: [...pair, model('r', start(), timerCatch('C', { duration: 'PT1H' }), flow('start -> C'))],
    steps: [{ start: 'p' }, opened, { migrate: 'p', to: 'r', map: { A: 'C' } }],
    answers: [
      notMigrated(
        "active element with id 'A' and type 'SERVICE_TASK' is mapped to an element with id 'C' and different type 'INTERMEDIATE_CATCH_EVENT'. Elements must be mapped to elements of the same type.",
      ),
    ],
  },
  'an element that comes to lie in another scope': {
    models: [...pair, process.replaceAll('"p"', '"r"')],
    steps: [{ start: 'p' }, opened, { migrate: 'p', to: 'r', map: { A: 'inner' } }],
    answers: [
      notMigrated(
        "the flow scope of active element with id 'A' is changed. The flow scope of the active element is expected to be 'r' but was 'sub'. The flow scope of an element cannot be changed during migration yet.",
      ),
    ],
  },
  'elements that are not there, or twice': {
    models: pair,
    steps: [
      { start: 'p' },
      opened,
      { migrate: 'p', to: 'q', map: { X: 'B' } },
      { migrate: 'p', to: 'q', map: { A: 'X' } },
    ],
    answers: [
      "MigrateProcessInstance INVALID_ARGUMENT: Command 'MIGRATE' rejected with code 'INVALID_ARGUMENT': Expected to migrate process instance '<key>' but mapping instructions contain a non-existing source element id 'X'.",
      "MigrateProcessInstance INVALID_ARGUMENT: Command 'MIGRATE' rejected with code 'INVALID_ARGUMENT': Expected to migrate process instance '<key>' but mapping instructions contain a non-existing target element id 'X'.",
    ],
  },
}
