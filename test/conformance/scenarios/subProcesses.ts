import type { Part } from '../../../src/engine/testing/bpmn.ts'
import {
  end,
  errorBegin,
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
  timerBegin,
} from '../../../src/engine/testing/bpmn.ts'
import type { Scenarios } from '../scenario.ts'

const working: Part[] = [start(), serviceTask('task', 'work'), end(), flow('start -> task -> end')]
const heard = (options: { interrupting?: boolean; outputs?: Record<string, string> } = {}, mappings = {}) =>
  eventSubProcess(
    'esp',
    mappings,
    messageBegin('hear', 'stop', '=key', options),
    serviceTask('react'),
    end('reacted'),
    flow('hear -> react -> reacted'),
  )
const timed = (timer: { duration?: string; cycle?: string }, interrupting = true) =>
  eventSubProcess(
    'esp',
    {},
    timerBegin('tick', timer, { interrupting }),
    serviceTask('react'),
    end('reacted'),
    flow('tick -> react -> reacted'),
  )
const inside = (...parts: Part[]) =>
  model('p', start('begin'), subProcess('sub', {}, ...parts), end('done'), flow('begin -> sub -> done'))
const open = { until: 'subscription stop CREATED' }
const begin = { start: 'p', variables: { key: 'a' } }

export const subProcessScenarios: Scenarios = {
  'it is entered at its start event, and left when all in it has ended': {
    models: [inside(...working)],
    steps: [{ start: 'p' }, { complete: 'work' }],
    records: [
      'element sub ACTIVATING SUB_PROCESS in p',
      'element sub ACTIVATED',
      'element start ACTIVATING START_EVENT in sub',
      'element task ACTIVATING SERVICE_TASK in sub',
      'element end COMPLETED',
      'element sub COMPLETING',
      'element sub COMPLETED',
      'flow sub_done TAKEN',
      'element p COMPLETED',
    ],
  },
  'subprocesses lie in each other': {
    models: [inside(start('s'), subProcess('inner', {}, ...working), end('e'), flow('s -> inner -> e'))],
    steps: [{ start: 'p' }, { complete: 'work' }],
    records: [
      'element inner ACTIVATING SUB_PROCESS in sub',
      'element task ACTIVATING SERVICE_TASK in inner',
      'element inner COMPLETED',
      'element sub COMPLETED',
      'element p COMPLETED',
    ],
  },
  'cancelling ends what is in it first': {
    models: [inside(...working)],
    steps: [{ start: 'p' }, { until: 'job task CREATED' }, { cancel: 'p' }],
    records: [
      'element p TERMINATING',
      'element sub TERMINATING',
      'element task TERMINATING',
      'job task CANCELED',
      'element task TERMINATED',
      'element sub TERMINATED',
      'element p TERMINATED',
    ],
  },
  'its boundary events are opened when its start event has completed': {
    models: [
      model(
        'p',
        start('begin'),
        subProcess('sub', {}, ...working),
        messageBoundary('halt', 'sub', 'stop', '=key'),
        end('done'),
        end('other'),
        flow('begin -> sub -> done'),
        flow('halt -> other'),
      ),
    ],
    steps: [begin, open, { publish: 'stop', key: 'a' }, { until: 'element p COMPLETED' }],
    records: [
      'element start COMPLETING',
      'waiting stop CREATING',
      'element start COMPLETED',
      'element sub TERMINATING',
      'element task TERMINATED',
      'element sub TERMINATED',
      'element halt COMPLETED',
      'element p COMPLETED',
    ],
  },
}

export const eventSubProcessScenarios: Scenarios = {
  'a message begins it, and all else in the process ends': {
    models: [model('p', ...working, heard())],
    steps: [begin, open, { publish: 'stop', key: 'a', variables: { why: 'x' } }, { complete: 'react' }],
    records: [
      'element start COMPLETING',
      "waiting stop CREATING key 'a' for hear of p",
      'element start COMPLETED',
      'waiting stop CORRELATED',
      'event hear TRIGGERING {"why":"x"}',
      'element task TERMINATING',
      'job task CANCELED',
      'element task TERMINATED',
      'element esp ACTIVATING EVENT_SUB_PROCESS in p',
      'element esp ACTIVATED',
      'element hear ACTIVATING START_EVENT in esp',
      'element hear ACTIVATED',
      'element hear COMPLETING',
      'variable why CREATED "x" in p',
      'element hear COMPLETED',
      'element react ACTIVATING SERVICE_TASK in esp',
      'element esp COMPLETED',
      'element p COMPLETED',
    ],
  },
  'a non-interrupting one runs beside the rest': {
    models: [model('p', ...working, heard({ interrupting: false }))],
    steps: [begin, open, { publish: 'stop', key: 'a' }, { complete: 'work' }, { complete: 'react' }],
    records: [
      'element esp ACTIVATED',
      'element task COMPLETED',
      'element end COMPLETED',
      'element react COMPLETED',
      'element esp COMPLETED',
      'element p COMPLETED',
    ],
    never: ['element task TERMINATING'],
  },
  'a non-interrupting one begins as often as its message comes': {
    models: [model('p', ...working, heard({ interrupting: false }))],
    steps: [
      begin,
      open,
      { publish: 'stop', key: 'a' },
      { publish: 'stop', key: 'a' },
      { until: 'element esp#2 ACTIVATED' },
      { complete: 'react' },
      { complete: 'react' },
      { complete: 'work' },
    ],
    records: ['element esp ACTIVATED', 'element esp#2 ACTIVATED', 'element p COMPLETED'],
  },
  'an interrupting one begins once': {
    models: [model('p', ...working, heard())],
    steps: [
      begin,
      open,
      { publish: 'stop', key: 'a' },
      { until: 'element react ACTIVATED' },
      { publish: 'stop', key: 'a' },
    ],
    never: ['element esp#2'],
  },
  'a timer begins it': {
    models: [model('p', ...working, timed({ duration: 'PT1H' }))],
    steps: [{ start: 'p' }, { clock: 3_600_000 }, { complete: 'react' }],
    records: [
      'timer tick CREATED +3600000',
      'timer tick TRIGGERED',
      'element task TERMINATED',
      'element esp ACTIVATED',
      'element p COMPLETED',
    ],
  },
  'a cycle begins it again and again': {
    models: [model('p', ...working, timed({ cycle: 'R2/PT1H' }, false))],
    steps: [
      { start: 'p' },
      { clock: 3_600_000 },
      { until: 'element esp ACTIVATED' },
      { clock: 3_600_000 },
      { until: 'element esp#2 ACTIVATED' },
      { clock: 3_600_000 },
    ],
    records: [
      'timer tick CREATED +3600000 repetitions 2',
      'timer tick TRIGGERED',
      'timer tick CREATED +3600000 repetitions 1',
      'timer tick TRIGGERED',
    ],
    never: ['element esp#3'],
  },
  'it lies in a subprocess, and ends only what is there': {
    models: [
      model(
        'p',
        start('begin'),
        parallel('fork'),
        subProcess('sub', {}, ...working, heard()),
        serviceTask('beside'),
        end('done'),
        flow('begin -> fork -> sub -> done'),
        flow('fork -> beside'),
      ),
    ],
    steps: [
      begin,
      open,
      { publish: 'stop', key: 'a' },
      { complete: 'react' },
      { until: 'element sub COMPLETED' },
      { complete: 'beside' },
    ],
    records: [
      'element task TERMINATED',
      'element esp ACTIVATING EVENT_SUB_PROCESS in sub',
      'element esp COMPLETED',
      'element sub COMPLETED',
      'element beside COMPLETED',
      'element p COMPLETED',
    ],
  },
  'its input mappings are applied, and its output mappings': {
    models: [model('p', ...working, heard({}, { inputs: { mine: '=1' }, outputs: { out: '=mine + 1' } }))],
    steps: [begin, open, { publish: 'stop', key: 'a' }, { complete: 'react' }],
    records: [
      'element esp ACTIVATING',
      'variable mine CREATED 1 in esp',
      'element esp ACTIVATED',
      'element esp COMPLETING',
      'variable out CREATED 2 in p',
      'element esp COMPLETED',
    ],
  },
  'when the process ends in time it waits no more': {
    models: [model('p', ...working, heard())],
    steps: [begin, open, { complete: 'work' }, { until: 'element p COMPLETED' }],
    records: ['element p COMPLETING', 'waiting stop DELETING', 'element p COMPLETED'],
  },
  'a key that is missing is an incident of the start event': {
    models: [model('p', ...working, heard())],
    steps: [{ start: 'p' }, { until: 'incident' }],
    records: ["incident start CREATED EXTRACT_VALUE_ERROR: Failed to extract the correlation key for 'key'"],
  },
  'an error that its own scope throws begins it': {
    models: [
      model('p', ...working, eventSubProcess('esp', {}, errorBegin('caught'), end('mended'), flow('caught -> mended'))),
    ],
    steps: [{ start: 'p' }, { throw: 'work', code: 'any' }, { until: 'element p COMPLETED' }],
    records: [
      'event caught TRIGGERING',
      'element task TERMINATED',
      'element esp ACTIVATED',
      'element esp COMPLETED',
      'element p COMPLETED',
    ],
  },
  'two of them with different messages': {
    models: [
      model(
        'p',
        ...working,
        heard(),
        eventSubProcess(
          'more',
          {},
          messageBegin('hear2', 'note', '=key', { interrupting: false }),
          end('noted'),
          flow('hear2 -> noted'),
        ),
      ),
    ],
    steps: [
      begin,
      open,
      { until: 'subscription note CREATED' },
      { publish: 'note', key: 'a' },
      { until: 'element more COMPLETED' },
      { publish: 'stop', key: 'a' },
      { complete: 'react' },
    ],
    records: ['element more COMPLETED', 'waiting note DELETING', 'element esp ACTIVATED', 'element p COMPLETED'],
  },
  'what waits in it is ended when the process is cancelled': {
    models: [
      model(
        'p',
        ...working,
        eventSubProcess(
          'esp',
          {},
          messageBegin('hear', 'stop', '=key'),
          messageCatch('again', 'more', '=key'),
          flow('hear -> again'),
        ),
      ),
    ],
    steps: [begin, open, { publish: 'stop', key: 'a' }, { until: 'element again ACTIVATED' }, { cancel: 'p' }],
    records: [
      'element p TERMINATING',
      'element esp TERMINATING',
      'element again TERMINATING',
      'element again TERMINATED',
      'element esp TERMINATED',
      'element p TERMINATED',
    ],
  },
}
