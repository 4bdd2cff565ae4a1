import {
  end,
  exclusive,
  flow,
  linkCatch,
  linkThrow,
  model,
  serviceTask,
  start,
} from '../../../src/engine/testing/bpmn.ts'
import type { Scenarios } from '../scenario.ts'

export const linkScenarios: Scenarios = {
  'a token that is thrown goes on at the catch event of its name': {
    models: [
      model(
        'p',
        start(),
        linkThrow('out', 'L'),
        linkCatch('in', 'L'),
        serviceTask('task', 'work'),
        end(),
        flow('start -> out'),
        flow('in -> task -> end'),
      ),
    ],
    steps: [{ start: 'p' }, { complete: 'work' }],
    records: [
      'element out ACTIVATING INTERMEDIATE_THROW_EVENT',
      'element out COMPLETED',
      'element in ACTIVATING INTERMEDIATE_CATCH_EVENT',
      'element in COMPLETED',
      'element task COMPLETED',
      'element p COMPLETED',
    ],
  },
  'several throw to one': {
    models: [
      model(
        'p',
        start(),
        exclusive('choose', 'choose_b'),
        linkThrow('a', 'L'),
        linkThrow('b', 'L'),
        linkCatch('in', 'L'),
        end(),
        flow('start -> choose'),
        flow('choose -> a', '=x'),
        flow('choose -> b'),
        flow('in -> end'),
      ),
    ],
    steps: [
      { start: 'p', variables: { x: true } },
      { start: 'p', variables: { x: false } },
    ],
    records: ['element a COMPLETED', 'element in COMPLETED', 'element b COMPLETED', 'element in#2 COMPLETED'],
  },
  'a throw event without its catch event is refused': {
    steps: [
      { deploy: [{ name: 'm.bpmn', content: model('p', start(), linkThrow('out', 'L'), flow('start -> out')) }] },
    ],
    answers: [
      "DeployResource INVALID_ARGUMENT: Command 'CREATE' rejected with code 'INVALID_ARGUMENT': Expected to deploy new resources, but encountered the following errors:⏎'m.bpmn': - Element: p⏎    - ERROR: Can't find an catch link event for the throw link event with the name 'L'.",
    ],
  },
  'two catch events of one name are refused': {
    steps: [
      {
        deploy: [
          {
            name: 'm.bpmn',
            content: model(
              'p',
              start(),
              linkThrow('out', 'L'),
              linkCatch('a', 'L'),
              linkCatch('b', 'L'),
              end(),
              flow('start -> out'),
              flow('a -> end'),
              flow('b -> end'),
            ),
          },
        ],
      },
    ],
    answers: [
      "DeployResource INVALID_ARGUMENT: Command 'CREATE' rejected with code 'INVALID_ARGUMENT': Expected to deploy new resources, but encountered the following errors:⏎'m.bpmn': - Element: p⏎    - ERROR: Multiple intermediate catch link event definitions with the same name 'L' are not allowed.",
    ],
  },
}
