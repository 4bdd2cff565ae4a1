import type { Part } from '../../../src/engine/testing/bpmn.ts'
import {
  element,
  end,
  exclusive,
  flow,
  messageCatch,
  messageStart,
  model,
  element as raw,
  serviceTask,
  start,
  subProcess,
  timerCatch,
} from '../../../src/engine/testing/bpmn.ts'
import type { Scenario, Scenarios } from '../scenario.ts'

const plain = model('p', start(), serviceTask('task', 'work'), end(), flow('start -> task -> end'))
const around = (part: Part, id: string) => model('p', start(), part, end(), flow(`start -> ${id} -> end`))
/** Refused at deployment with this in its text. */
const refused = (content: string, ...texts: string[]): Scenario => ({
  steps: [{ deploy: [{ name: 'm.bpmn', content }] }],
  answers: [
    `DeployResource INVALID_ARGUMENT: Command 'CREATE' rejected with code 'INVALID_ARGUMENT': Expected to deploy new resources, but encountered the following errors:⏎'m.bpmn': ${texts.join('')}`,
  ],
  never: ['process', 'deployment'],
})
const problem = (element: string, ...words: string[]): string =>
  `- Element: ${element}⏎${words.map((word) => `    - ERROR: ${word}⏎`).join('')}`

export const deploymentScenarios: Scenarios = {
  'a process is deployed as version 1': {
    models: [plain],
    steps: [],
    records: ['process p CREATED v1', 'deployment CREATED p v1'],
    answers: ['DeployResource ok'],
  },
  'another content is the next version': {
    models: [plain],
    steps: [{ deploy: [plain.replace('work', 'labour')] }],
    records: ['process p CREATED v1', 'process p CREATED v2', 'deployment CREATED p v2'],
  },
  'the same content is no new version': {
    models: [plain],
    steps: [{ deploy: [plain] }],
    records: ['process p CREATED v1', 'deployment CREATED p v1', 'deployment CREATED p v1 again'],
    never: ['process p CREATED v2'],
  },
  'the content of the version before the last is a new version': {
    models: [plain],
    steps: [{ deploy: [plain.replace('work', 'labour')] }, { deploy: [plain] }],
    records: ['process p CREATED v1', 'process p CREATED v2', 'process p CREATED v3'],
  },
  'instances begin at the latest version, or at the one that is asked for': {
    models: [plain],
    steps: [{ deploy: [plain.replace('work', 'labour')] }, { start: 'p' }, { start: 'p', version: 1 }],
    records: ['job task CREATED labour', 'job task CREATED work'],
  },
  'a version that is not there': {
    models: [plain],
    steps: [{ start: 'p', version: 7 }],
    answers: [
      "CreateProcessInstance NOT_FOUND: Command 'CREATE' rejected with code 'NOT_FOUND': Expected to find process definition with process ID 'p' and version '7', but none found",
    ],
  },
  'a process that is not there': {
    steps: [{ start: 'nothing' }],
    answers: [
      "CreateProcessInstance NOT_FOUND: Command 'CREATE' rejected with code 'NOT_FOUND': Expected to find process definition with process ID 'nothing', but none found",
    ],
  },
  'several resources in one call are all deployed': {
    steps: [{ deploy: [plain, plain.replaceAll('"p"', '"q"')] }],
    records: ['process p CREATED v1', 'process q CREATED v1', 'deployment CREATED p v1, q v1'],
  },
  'several resources in one call: one is wrong, and none is deployed': {
    steps: [{ deploy: [plain, { name: 'm.bpmn', content: around({ inside: '<bpmn:serviceTask id="t" />' }, 't') }] }],
    answers: ['DeployResource INVALID_ARGUMENT'],
    never: ['process', 'deployment'],
  },
  'the same process id twice in one call is refused': {
    steps: [
      {
        deploy: [
          { name: 'a.bpmn', content: plain },
          { name: 'b.bpmn', content: plain },
        ],
      },
    ],
    answers: [
      "DeployResource INVALID_ARGUMENT: Command 'CREATE' rejected with code 'INVALID_ARGUMENT': Expected to deploy new resources, but encountered the following errors:⏎Duplicated process id in resources 'a.bpmn' and 'b.bpmn'",
    ],
  },
  'no resource at all is refused': {
    steps: [{ deploy: [] }],
    answers: [
      "DeployResource INVALID_ARGUMENT: Command 'CREATE' rejected with code 'INVALID_ARGUMENT': Expected to deploy at least one resource, but none given",
    ],
  },
  'a name of an unknown kind is refused': {
    steps: [{ deploy: [{ name: 'm.txt', content: plain }] }],
    answers: [
      "DeployResource INVALID_ARGUMENT: Command 'CREATE' rejected with code 'INVALID_ARGUMENT': Expected to deploy new resources, but encountered the following errors:⏎",
    ],
  },
  'a service task without a type': refused(
    around({ inside: raw('serviceTask', 't', '', '') }, 't'),
    problem('t', "Must have exactly one 'zeebe:taskDefinition' extension element"),
  ),
  'a correlation key without =': refused(
    around(messageCatch('m', 'news', 'key'), 'm'),
    problem(
      'message-m > extensionElements > subscription',
      "Expected expression but found static value 'key'. An expression must start with '=' (e.g. '=key').",
    ),
  ),
  'a condition without =': refused(
    model(
      'p',
      start(),
      exclusive('x', 'x_b'),
      end('a'),
      end('b'),
      flow('start -> x'),
      flow('x -> a', 'yes'),
      flow('x -> b'),
    ),
    problem(
      'x_a > conditionExpression',
      "Expected expression but found static value 'yes'. An expression must start with '=' (e.g. '=yes').",
    ),
  ),
  'a flow of a gateway without a condition': refused(
    model('p', start(), exclusive('x'), end('a'), end('b'), flow('start -> x -> a'), flow('x -> b', '=true')),
    problem('x_a', 'Must have a condition or be default flow'),
  ),
  'an expression that cannot be read': refused(
    around(serviceTask('t', '=1 +'), 't'),
    "- Element: t > extensionElements > taskDefinition⏎    - ERROR: failed to parse expression '1 +'",
  ),
  'a mapping without a source': refused(
    around(
      {
        inside: raw(
          'serviceTask',
          't',
          '',
          '<bpmn:extensionElements><zeebe:taskDefinition type="a" /><zeebe:ioMapping><zeebe:input source="" target="a" /></zeebe:ioMapping></bpmn:extensionElements>',
        ),
      },
      't',
    ),
    '- Element: t > extensionElements > ioMapping > input⏎    - ERROR: Expected expression but not found.',
  ),
  'a mapping to a target that is no path': refused(
    around(serviceTask('t', 'a', { inputs: { 'a-b': '=1' } }), 't'),
    "- Element: t > extensionElements > ioMapping > input⏎    - ERROR: Expected path expression 'a-b' but doesn't match the pattern '[a-zA-Z_][a-zA-Z0-9_]*(\\.[a-zA-Z_][a-zA-Z0-9_]*)*'.",
  ),
  'a timer that is none': refused(
    around(timerCatch('t', { duration: 'soon' }), 't'),
    "- Element: t⏎    - ERROR: Invalid timer duration expression (Invalid duration format 'soon' for expression 'soon'.)",
  ),
  'an intermediate timer with a cycle': refused(
    around(timerCatch('t', { cycle: 'R/PT1H' }), 't'),
    '- Element: t⏎    - ERROR: Intermediate timer catch event must have either a time duration or a time date.',
  ),
  'no start event': refused(model('p', end()), problem('p', 'Must have at least one start event')),
  'two none start events': refused(
    model('p', start('a'), start('b'), end(), flow('a -> end'), flow('b -> end')),
    problem('p', 'Multiple none start events are not allowed'),
  ),
  'a subprocess without a start event': refused(
    around(subProcess('sub', {}, end('e')), 'sub'),
    problem('sub', 'Must have exactly one start event'),
  ),
  'a subprocess that a message starts': refused(
    around(subProcess('sub', {}, messageStart('m', 'news'), end('e'), flow('m -> e')), 'sub'),
    problem('sub', 'Start events in subprocesses must be of type none'),
  ),
  'a loop of elements that never wait': {
    ...refused(
      model('p', start(), { inside: element('task', 'x', '', '') }, exclusive('y'), flow('start -> x -> y -> x')),
    ),
    answers: [
      `DeployResource INVALID_ARGUMENT: Command 'CREATE' rejected with code 'INVALID_ARGUMENT': Expected to deploy new resources, but encountered the following errors:⏎\`m.bpmn\`: - Process: p⏎    - ERROR: Processes are not allowed to contain a straight-through processing loop: x > y > x⏎`,
    ],
  },
  'a loop of gateways alone is let pass': {
    models: [model('p', start(), exclusive('x'), exclusive('y'), flow('start -> x -> y -> x'))],
    steps: [],
    records: ['process p CREATED v1'],
  },
  'no executable process': refused(
    plain.replace('isExecutable="true"', 'isExecutable="false"'),
    '- Element: definitions⏎    - ERROR: Must contain at least one executable process⏎',
  ),
  'a file that is no XML': refused('<a', ''),
}
