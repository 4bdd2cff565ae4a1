import type { Part } from '../../../src/engine/testing/bpmn.ts'
import {
  callActivity,
  compensating,
  compensationBoundary,
  compensationEnd,
  compensationThrow,
  end,
  escalationBegin,
  escalationBoundary,
  escalationEnd,
  escalationThrow,
  eventSubProcess,
  flow,
  model,
  serviceTask,
  start,
  subProcess,
} from '../../../src/engine/testing/bpmn.ts'
import type { Scenarios } from '../scenario.ts'

const thrown = (interrupting: boolean, code: string | undefined = 'up', last: Part = end('e')) =>
  model(
    'p',
    start(),
    subProcess(
      'sub',
      {},
      start('s'),
      escalationThrow('throw', 'up'),
      serviceTask('task', 'work'),
      last,
      flow('s -> throw -> task -> e'),
    ),
    escalationBoundary('caught', 'sub', code, { interrupting }),
    end(),
    end('other'),
    flow('start -> sub -> end'),
    flow('caught -> other'),
  )
const undoable = (id: string): Part[] => [
  serviceTask(id),
  compensationBoundary(`on-${id}`, id, `undo-${id}`),
  compensating(serviceTask(`undo-${id}`)),
]

export const escalationScenarios: Scenarios = {
  'a non-interrupting boundary event runs beside': {
    models: [thrown(false)],
    steps: [{ start: 'p' }, { until: 'element other COMPLETED' }, { complete: 'work' }],
    records: [
      'element throw ACTIVATING',
      'element throw ACTIVATED',
      'event caught TRIGGERING',
      'element caught ACTIVATING BOUNDARY_EVENT in p',
      "escalation up ESCALATED by throw to 'caught'",
      'element throw COMPLETED',
      'element task COMPLETED',
      'element sub COMPLETED',
      'element p COMPLETED',
    ],
  },
  'an interrupting one ends the subprocess': {
    models: [thrown(true)],
    steps: [{ start: 'p' }, { until: 'element p COMPLETED' }],
    records: [
      "escalation up ESCALATED by throw to 'caught'",
      'element sub TERMINATING',
      'element throw TERMINATED',
      'element sub TERMINATED',
      'element caught COMPLETED',
      'element p COMPLETED',
    ],
    never: ['element task', 'element throw COMPLETED'],
  },
  'one without a code catches all': {
    models: [
      model(
        'p',
        start(),
        subProcess('sub', {}, start('s'), escalationEnd('throw', 'whatever'), flow('s -> throw')),
        escalationBoundary('caught', 'sub'),
        end(),
        end('other'),
        flow('start -> sub -> end'),
        flow('caught -> other'),
      ),
    ],
    steps: [{ start: 'p' }, { until: 'element p COMPLETED' }],
    records: ["escalation whatever ESCALATED by throw to 'caught'", 'element caught COMPLETED'],
  },
  'one of another code does not, and the token goes on': {
    models: [thrown(true, 'sideways')],
    steps: [{ start: 'p' }, { complete: 'work' }],
    records: [
      "escalation up NOT_ESCALATED by throw to ''",
      'element throw COMPLETED',
      'element task COMPLETED',
      'element p COMPLETED',
    ],
    never: ['element caught', 'incident'],
  },
  'an end event throws': {
    models: [
      model(
        'p',
        start(),
        subProcess('sub', {}, start('s'), escalationEnd('throw', 'up'), flow('s -> throw')),
        escalationBoundary('caught', 'sub', 'up', { interrupting: false }),
        end(),
        end('other'),
        flow('start -> sub -> end'),
        flow('caught -> other'),
      ),
    ],
    steps: [{ start: 'p' }, { until: 'element p COMPLETED' }],
    records: ["escalation up ESCALATED by throw to 'caught'", 'element throw COMPLETED', 'element p COMPLETED'],
  },
  'an event subprocess catches': {
    models: [
      model(
        'p',
        start(),
        escalationThrow('throw', 'up'),
        serviceTask('task', 'work'),
        end(),
        flow('start -> throw -> task -> end'),
        eventSubProcess(
          'esp',
          {},
          escalationBegin('begin', 'up', { interrupting: false }),
          serviceTask('react'),
          end('r'),
          flow('begin -> react -> r'),
        ),
      ),
    ],
    steps: [{ start: 'p' }, { complete: 'react' }, { complete: 'work' }],
    records: [
      "escalation up ESCALATED by throw to 'begin'",
      'element throw COMPLETED',
      'element esp COMPLETED',
      'element p COMPLETED',
    ],
  },
  'an interrupting event subprocess ends what throws': {
    models: [
      model(
        'p',
        start(),
        escalationThrow('throw', 'up'),
        serviceTask('task', 'work'),
        end(),
        flow('start -> throw -> task -> end'),
        eventSubProcess('esp', {}, escalationBegin('begin', 'up'), end('r'), flow('begin -> r')),
      ),
    ],
    steps: [{ start: 'p' }, { until: 'element p COMPLETED' }],
    records: ['element throw TERMINATED', 'element esp COMPLETED', 'element p COMPLETED'],
    never: ['element task'],
  },
  'it crosses the border of a call activity': {
    models: [
      model(
        'child',
        start(),
        escalationThrow('throw', 'up'),
        serviceTask('task', 'work'),
        end(),
        flow('start -> throw -> task -> end'),
      ),
      model(
        'p',
        start(),
        callActivity('call', 'child'),
        escalationBoundary('caught', 'call', 'up', { interrupting: false }),
        end(),
        end('other'),
        flow('start -> call -> end'),
        flow('caught -> other'),
      ),
    ],
    steps: [
      { start: 'p' },
      { until: 'element other COMPLETED' },
      { complete: 'work' },
      { until: 'element p COMPLETED' },
    ],
    records: [
      "escalation up ESCALATED by throw to 'caught'",
      'element caught COMPLETED',
      'element child COMPLETED',
      'element call COMPLETED',
      'element p COMPLETED',
    ],
  },
  'an interrupting one ends the child instance': {
    models: [
      model(
        'child',
        start(),
        escalationThrow('throw', 'up'),
        serviceTask('task', 'work'),
        end(),
        flow('start -> throw -> task -> end'),
      ),
      model(
        'p',
        start(),
        callActivity('call', 'child'),
        escalationBoundary('caught', 'call', 'up'),
        end(),
        end('other'),
        flow('start -> call -> end'),
        flow('caught -> other'),
      ),
    ],
    steps: [{ start: 'p' }, { until: 'element p COMPLETED' }],
    records: [
      'element call TERMINATING',
      'element child TERMINATING',
      'element throw TERMINATED',
      'element child TERMINATED',
      'element call TERMINATED',
      'element caught COMPLETED',
      'element p COMPLETED',
    ],
  },
}

export const compensationScenarios: Scenarios = {
  'handlers of what was completed run, and the event waits for them': {
    models: [
      model(
        'p',
        start(),
        ...undoable('a'),
        ...undoable('b'),
        compensationThrow('undo'),
        end(),
        flow('start -> a -> b -> undo -> end'),
      ),
    ],
    steps: [
      { start: 'p' },
      { complete: 'a' },
      { complete: 'b' },
      { until: 'element undo-b ACTIVATED' },
      { complete: 'undo-b' },
      { complete: 'undo-a' },
    ],
    records: [
      'element a COMPLETED',
      'element b COMPLETED',
      'element undo ACTIVATING',
      'element undo-',
      'element undo-',
      'element undo-b COMPLETED',
      'element undo-a COMPLETED',
      'element undo COMPLETING',
      'element undo COMPLETED',
      'element p COMPLETED',
    ],
  },
  'with nothing to compensate it passes': {
    models: [
      model('p', start(), compensationThrow('undo'), ...undoable('a'), end(), flow('start -> undo -> a -> end')),
    ],
    steps: [{ start: 'p' }, { complete: 'a' }],
    records: ['element undo COMPLETED', 'element a COMPLETED', 'element p COMPLETED'],
    never: ['element undo-a'],
  },
  'a reference names the one activity': {
    models: [
      model(
        'p',
        start(),
        ...undoable('a'),
        ...undoable('b'),
        compensationThrow('undo', 'a'),
        end(),
        flow('start -> a -> b -> undo -> end'),
      ),
    ],
    steps: [{ start: 'p' }, { complete: 'a' }, { complete: 'b' }, { complete: 'undo-a' }],
    records: ['element undo-a COMPLETED', 'element undo COMPLETED', 'element p COMPLETED'],
    never: ['element undo-b'],
  },
  'an end event compensates as well': {
    models: [model('p', start(), ...undoable('a'), compensationEnd('undo'), flow('start -> a -> undo'))],
    steps: [{ start: 'p' }, { complete: 'a' }, { complete: 'undo-a' }],
    records: ['element undo-a COMPLETED', 'element undo COMPLETED', 'element p COMPLETED'],
  },
  'what is compensated twice runs once': {
    models: [
      model(
        'p',
        start(),
        ...undoable('a'),
        compensationThrow('undo'),
        compensationThrow('again'),
        end(),
        flow('start -> a -> undo -> again -> end'),
      ),
    ],
    steps: [{ start: 'p' }, { complete: 'a' }, { complete: 'undo-a' }],
    records: ['element undo COMPLETED', 'element again COMPLETED', 'element p COMPLETED'],
    never: ['element undo-a#2'],
  },
  'handlers in a completed subprocess run': {
    models: [
      model(
        'p',
        start(),
        subProcess('sub', {}, start('s'), ...undoable('a'), end('e'), flow('s -> a -> e')),
        compensationThrow('undo'),
        end(),
        flow('start -> sub -> undo -> end'),
      ),
    ],
    steps: [{ start: 'p' }, { complete: 'a' }, { complete: 'undo-a' }],
    records: ['element sub COMPLETED', 'element undo-a COMPLETED', 'element undo COMPLETED', 'element p COMPLETED'],
  },
  'a handler is not entered without a compensation': {
    models: [model('p', start(), ...undoable('a'), end(), flow('start -> a -> end'))],
    steps: [{ start: 'p' }, { complete: 'a' }],
    records: ['element p COMPLETED'],
    never: ['element undo-a', 'element on-a'],
  },
}
