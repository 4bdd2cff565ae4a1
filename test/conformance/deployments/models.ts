import { element, end, flow, model, type Part, start } from '../../../src/engine/testing/bpmn.ts'

/** A model, by what is wrong with it, or by what is right. `runtime`: what Zeebe's other validators say, which are no part of the judge. */
export interface DeploymentCase {
  readonly name: string
  readonly xml: string
  /** `element: message`, from the sources of the validators that need the engine's expressions. */
  readonly runtime: readonly string[]
}

const cases: DeploymentCase[] = []

function add(name: string, xml: string, ...runtime: string[]): void {
  cases.push({ name, xml, runtime })
}

/** `x` between start and end, of this type and with this content. */
function one(type: string, content = '', attributes = '', beside = ''): string {
  return model(
    'p',
    start(),
    { inside: element(type, 'x', attributes, content), beside },
    end(),
    flow('start -> x -> end'),
  )
}

const extended = (...inside: string[]) => `<bpmn:extensionElements>${inside.join('')}</bpmn:extensionElements>`
const task = (content: string) => one('task', content)
const service = (inside: string) => one('serviceTask', extended('<zeebe:taskDefinition type="t" />', inside))
const user = (inside: string) => one('userTask', extended(inside))
const listeners = (...all: [string, string][]) =>
  `<zeebe:executionListeners>${all.map(([event, type]) => `<zeebe:executionListener eventType="${event}" type="${type}" />`).join('')}</zeebe:executionListeners>`
const raw = (inside: string, beside = ''): Part => ({ inside, beside })
const work =
  '<bpmn:serviceTask id="x"><bpmn:extensionElements><zeebe:taskDefinition type="t" /></bpmn:extensionElements><bpmn:incoming>start_x</bpmn:incoming><bpmn:outgoing>x_end</bpmn:outgoing></bpmn:serviceTask>'
const message = (id: string, name: string, key = '=k') =>
  `<bpmn:message id="${id}" name="${name}">${key && extended(`<zeebe:subscription correlationKey="${key}" />`)}</bpmn:message>`
const on = (id: string, content: string, attributes = '') =>
  `<bpmn:boundaryEvent id="${id}" attachedToRef="x"${attributes}><bpmn:outgoing>${id}_end-${id}</bpmn:outgoing>${content}</bpmn:boundaryEvent><bpmn:endEvent id="end-${id}"><bpmn:incoming>${id}_end-${id}</bpmn:incoming></bpmn:endEvent><bpmn:sequenceFlow id="${id}_end-${id}" sourceRef="${id}" targetRef="end-${id}" />`
const withBoundaries = (inside: string, beside = '', activity = work) =>
  model('p', start(), raw(activity), raw(inside, beside), end(), flow('start -> x -> end'))
const sub = (inside: string, attributes = '') => `<bpmn:subProcess id="sub"${attributes}>${inside}</bpmn:subProcess>`
const eventSub = (content: string, beside = '', attributes = '') =>
  model(
    'p',
    start(),
    end(),
    flow('start -> end'),
    raw(sub(`<bpmn:startEvent id="s"${attributes}>${content}</bpmn:startEvent>`, ' triggeredByEvent="true"'), beside),
  )
const messageEvent = (ref = 'm') => `<bpmn:messageEventDefinition messageRef="${ref}" />`
const timer = (kind: string, text: string) =>
  `<bpmn:timerEventDefinition><bpmn:${kind} xsi:type="bpmn:tFormalExpression">${text}</bpmn:${kind}></bpmn:timerEventDefinition>`

// What is right.
add('valid: start and end', model('p', start(), end(), flow('start -> end')))
for (const type of [
  'task',
  'manualTask',
  'userTask',
  'exclusiveGateway',
  'inclusiveGateway',
  'parallelGateway',
  'intermediateThrowEvent',
]) {
  add(`valid: ${type}`, one(type))
}
add('valid: a service task', service(''))
add(
  'valid: a user task with all that is said of it',
  user(
    '<zeebe:userTask /><zeebe:assignmentDefinition assignee="a" candidateGroups="a, b" candidateUsers="=u" /><zeebe:taskSchedule dueDate="2023-03-02T15:35+02:00" followUpDate="=f" /><zeebe:formDefinition formId="f" bindingType="versionTag" versionTag="v" /><zeebe:priorityDefinition priority="99" />',
  ),
)
add('valid: a form elsewhere', user('<zeebe:userTask /><zeebe:formDefinition externalReference="x" />'))
add('valid: a form key', user('<zeebe:formDefinition formKey="x" />'))
add(
  'valid: a form of a start event',
  model(
    'p',
    raw(
      `<bpmn:startEvent id="start">${extended('<zeebe:formDefinition formId="f" />')}<bpmn:outgoing>start_end</bpmn:outgoing></bpmn:startEvent>`,
    ),
    end(),
    flow('start -> end'),
  ),
)
add(
  'valid: extension elements that nobody knows',
  task(
    extended(
      '<zeebe:foo a="b" />',
      '<zeebe:linkedResources />',
      '<zeebe:properties><zeebe:property name="a" value="b" /></zeebe:properties>',
    ),
  ),
)
add(
  'valid: data',
  model(
    'p',
    start(),
    raw(
      '<bpmn:dataObject id="do" /><bpmn:dataObjectReference id="dor" dataObjectRef="do" /><bpmn:dataStoreReference id="dsr" />',
    ),
    end(),
    flow('start -> end'),
  ),
)
add('valid: listeners', task(extended(listeners(['start', 'a'], ['end', 'a'], ['start', 'b']))))
add('valid: a retry of nothing is three', service(listeners(['end', 'a'])))
add(
  'valid: a note',
  model(
    'p',
    start(),
    end(),
    flow('start -> end'),
    raw('<bpmn:textAnnotation id="n"><bpmn:text>t</bpmn:text></bpmn:textAnnotation>'),
  ),
)
add(
  'valid: a message that nobody refers to',
  model('p', start(), end(), flow('start -> end'), raw('', '<bpmn:message id="m" />')),
)
add(
  'valid: headers without a value',
  service('<zeebe:taskHeaders><zeebe:header key="a" value="" /></zeebe:taskHeaders>'),
)

// Definitions and processes.
add(
  'no process',
  `<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="x" />`,
)
add(
  'no executable process',
  model('p', start(), end(), flow('start -> end')).replace('isExecutable="true"', 'isExecutable="false"'),
)
add('no start event', model('p', end()))
add('two none start events', model('p', start(), start('s2'), end(), flow('start -> end'), flow('s2 -> end')))
add(
  'a start event of two types',
  model(
    'p',
    raw(
      `<bpmn:startEvent id="start"><bpmn:outgoing>start_end</bpmn:outgoing>${messageEvent()}${timer('timeDate', '2023-03-02T15:35:00+02:00')}</bpmn:startEvent>`,
      message('m', 'M', ''),
    ),
    end(),
    flow('start -> end'),
  ),
)
add('an element of later versions: ad-hoc subprocess', one('adHocSubProcess', '<bpmn:task id="t" />'))
add('a transaction', one('transaction', '<bpmn:startEvent id="s" />'))
add('a complex gateway', one('complexGateway'))
add('a choreography of a loop', task('<bpmn:standardLoopCharacteristics />'))

// Flows and gateways.
const gateway = (type: string, attributes: string, ...flows: string[]) =>
  model(
    'p',
    start(),
    raw(element(type, 'g', attributes, '')),
    end('a'),
    end('b'),
    flow('start -> g'),
    ...flows.map((id, i) => flow(`g -> ${id}`, i === 0 ? '=x' : undefined)),
  )
for (const type of ['exclusiveGateway', 'inclusiveGateway']) {
  add(`${type}: a flow without condition`, gateway(type, '', 'a', 'b'))
  add(`${type}: a default flow`, gateway(type, ' default="g_b"', 'a', 'b'))
  add(`${type}: a default flow that starts elsewhere`, gateway(type, ' default="start_g"', 'a'))
}
add('a condition at a parallel gateway', gateway('parallelGateway', '', 'a', 'b'))
add(
  'a condition at a task',
  model('p', start(), raw(element('task', 'x', '', '')), end(), flow('start -> x'), flow('x -> end', '=y')),
)
add(
  'a condition that is static',
  model(
    'p',
    start(),
    raw(element('exclusiveGateway', 'g', ' default="g_b"', '')),
    end('a'),
    end('b'),
    flow('start -> g'),
    flow('g -> a', 'x'),
    flow('g -> b'),
  ),
  "g_a > conditionExpression: Expected expression but found static value 'x'. An expression must start with '=' (e.g. '=x').",
)
add(
  'an event-based gateway with one flow',
  model(
    'p',
    start(),
    raw(element('eventBasedGateway', 'g', '', '')),
    raw(element('intermediateCatchEvent', 'a', '', timer('timeDuration', 'PT1S'))),
    end(),
    flow('start -> g -> a -> end'),
  ),
)
add(
  'an event-based gateway that leads to a task',
  model(
    'p',
    start(),
    raw(element('eventBasedGateway', 'g', '', '')),
    raw(element('intermediateCatchEvent', 'a', '', timer('timeDuration', 'PT1S'))),
    raw(element('task', 'b', '', '')),
    end(),
    flow('start -> g -> a -> end'),
    flow('g -> b -> end'),
  ),
)
add(
  'an event-based gateway with the same message twice',
  model(
    'p',
    start(),
    raw(element('eventBasedGateway', 'g', '', '')),
    raw(element('intermediateCatchEvent', 'a', '', messageEvent()), message('m', 'M')),
    raw(element('intermediateCatchEvent', 'b', '', messageEvent())),
    end(),
    flow('start -> g -> a -> end'),
    flow('g -> b -> end'),
  ),
)
add(
  'an event of an event-based gateway that somebody else leads to',
  model(
    'p',
    start(),
    raw(element('parallelGateway', 'f', '', '')),
    raw(element('eventBasedGateway', 'g', '', '')),
    raw(element('intermediateCatchEvent', 'a', '', timer('timeDuration', 'PT1S'))),
    raw(element('intermediateCatchEvent', 'b', '', timer('timeDuration', 'PT1S'))),
    end(),
    flow('start -> f -> g -> a -> end'),
    flow('g -> b -> end'),
    flow('f -> a'),
  ),
)

// Tasks.
add('a service task without definition', one('serviceTask'))
add(
  'a service task with two definitions',
  one('serviceTask', extended('<zeebe:taskDefinition type="a" />', '<zeebe:taskDefinition type="b" />')),
)
add(
  'a service task without type',
  one('serviceTask', extended('<zeebe:taskDefinition type="" />')),
  'x > extensionElements > taskDefinition: Expected expression but not found.',
)
add('a send task without definition', one('sendTask'))
add('a script task without script', one('scriptTask'))
add(
  'a script task with a script and a definition',
  one(
    'scriptTask',
    extended('<zeebe:script expression="=1" resultVariable="r" />', '<zeebe:taskDefinition type="a" />'),
  ),
)
add(
  'a script without expression',
  one('scriptTask', extended('<zeebe:script resultVariable="r" />')),
  'x > extensionElements > script: Expected expression but not found.',
)
add('a script without result', one('scriptTask', extended('<zeebe:script expression="=1" />')))
add(
  'a static script',
  one('scriptTask', extended('<zeebe:script expression="1" resultVariable="r" />')),
  "x > extensionElements > script: Expected expression but found static value '1'. An expression must start with '=' (e.g. '=1').",
)
add('a business rule task without decision', one('businessRuleTask'))
add(
  'a decision without id',
  one('businessRuleTask', extended('<zeebe:calledDecision resultVariable="r" />')),
  'x > extensionElements > calledDecision: Expected expression but not found.',
)
add('a decision without result', one('businessRuleTask', extended('<zeebe:calledDecision decisionId="d" />')))
add(
  'a decision with a tag and no binding to it',
  one('businessRuleTask', extended('<zeebe:calledDecision decisionId="d" resultVariable="r" versionTag="v" />')),
)
add('a call activity without called element', one('callActivity'))
add(
  'a called element without id',
  one('callActivity', extended('<zeebe:calledElement />')),
  'x > extensionElements > calledElement: Expected expression but not found.',
)
add(
  'a called element bound to no tag',
  one('callActivity', extended('<zeebe:calledElement processId="q" bindingType="versionTag" />')),
)
add(
  'a called element with a tag and no binding to it',
  one('callActivity', extended('<zeebe:calledElement processId="q" versionTag="v" />')),
)
add('a receive task without message', one('receiveTask'))
add(
  'a receive task whose message has no subscription',
  one('receiveTask', '', ' messageRef="m"', message('m', 'M', '')),
)
add('a receive task whose message has no name', one('receiveTask', '', ' messageRef="m"', message('m', '')))
add(
  'a receive task whose boundary event waits for the same message',
  withBoundaries(
    on('b', messageEvent()),
    message('m', 'M'),
    '<bpmn:receiveTask id="x" messageRef="m"><bpmn:incoming>start_x</bpmn:incoming><bpmn:outgoing>x_end</bpmn:outgoing></bpmn:receiveTask>',
  ),
)
add(
  'a correlation key that is empty',
  one(
    'receiveTask',
    '',
    ' messageRef="m"',
    '<bpmn:message id="m" name="M"><bpmn:extensionElements><zeebe:subscription correlationKey="" /></bpmn:extensionElements></bpmn:message>',
  ),
  'm > extensionElements > subscription: Expected expression but not found.',
)
add(
  'a correlation key that is static',
  one('receiveTask', '', ' messageRef="m"', message('m', 'M', 'k')),
  "m > extensionElements > subscription: Expected expression but found static value 'k'. An expression must start with '=' (e.g. '=k').",
)

// User tasks.
add('a form with id and key', user('<zeebe:formDefinition formId="f" formKey="k" />'))
add('a form with neither', user('<zeebe:formDefinition />'))
add('a form of a native user task with a key', user('<zeebe:userTask /><zeebe:formDefinition formKey="k" />'))
add('a form with a tag and no binding to it', user('<zeebe:formDefinition formId="f" versionTag="v" />'))
add('a form bound to no tag', user('<zeebe:formDefinition formId="f" bindingType="versionTag" />'))
add(
  'an embedded form that is empty',
  model('p', raw(extended('<zeebe:userTaskForm id="f"></zeebe:userTaskForm>')), start(), end(), flow('start -> end')),
)
add(
  'candidate groups with a gap',
  user('<zeebe:assignmentDefinition candidateGroups="a, ,b" />'),
  "x > extensionElements > assignmentDefinition: Expected static value to be a list of comma-separated values, e.g. 'a,b,c', but found 'a, ,b'.",
)
add(
  'candidate users with a gap',
  user('<zeebe:assignmentDefinition candidateUsers="a,,b" />'),
  "x > extensionElements > assignmentDefinition: Expected static value to be a list of comma-separated values, e.g. 'a,b,c', but found 'a,,b'.",
)
for (const name of ['dueDate', 'followUpDate']) {
  add(
    `a ${name} that is none`,
    user(`<zeebe:taskSchedule ${name}="soon" />`),
    "x > extensionElements > taskSchedule: Expected static value to be a valid DateTime String, e.g. '2023-03-02T15:35+02:00', but found 'soon'.",
  )
}

// Mappings, headers, multi-instance.
const mapped = (inside: string) => service(`<zeebe:ioMapping>${inside}</zeebe:ioMapping>`)
add(
  'an input without source',
  mapped('<zeebe:input target="a" />'),
  'x > extensionElements > ioMapping > input: Expected expression but not found.',
)
add(
  'an input without target',
  mapped('<zeebe:input source="=a" />'),
  'x > extensionElements > ioMapping > input: Expected path expression but not found.',
)
add('a static input', mapped('<zeebe:input source="a" target="b" />'))
add(
  'a static output',
  mapped('<zeebe:output source="a" target="b" />'),
  "x > extensionElements > ioMapping > output: Expected expression but found static value 'a'. An expression must start with '=' (e.g. '=a').",
)
add(
  'a target that is no path',
  mapped('<zeebe:input source="=a" target="b c" />'),
  "x > extensionElements > ioMapping > input: Expected path expression 'b c' but doesn't match the pattern '[a-zA-Z_][a-zA-Z0-9_]*(\\.[a-zA-Z_][a-zA-Z0-9_]*)*'.",
)
for (const word of ['null', 'of', 'true']) {
  add(
    `a target that is reserved: ${word}`,
    mapped(`<zeebe:output source="=a" target="${word}" />`),
    `x > extensionElements > ioMapping > output: Expected path expression '${word}' but is one of the reserved words (null, true, false, function, if, then, else, for, between, instance, of).`,
  )
}
add(
  'a header that is reserved',
  service('<zeebe:taskHeaders><zeebe:header key="io.camunda.zeebe:a" value="b" /></zeebe:taskHeaders>'),
  "x > extensionElements > taskHeaders: Attribute 'key' contains 'io.camunda.zeebe:a', but header keys starting with 'io.camunda.zeebe:' are reserved for internal use.",
)
add(
  'a header twice',
  service(
    '<zeebe:taskHeaders><zeebe:header key="a" value="b" /><zeebe:header key="a" value="c" /></zeebe:taskHeaders>',
  ),
  "x > extensionElements > taskHeaders: Headers contain duplicate entries for key 'a'",
)
const multi = (inside: string, more = '') =>
  task(`<bpmn:multiInstanceLoopCharacteristics>${inside}${more}</bpmn:multiInstanceLoopCharacteristics>`)
const loop = (attributes: string) => extended(`<zeebe:loopCharacteristics ${attributes} />`)
add('valid: multi-instance', multi(loop('inputCollection="=a" outputCollection="b" outputElement="=c"')))
add('multi-instance without characteristics', multi(''))
add(
  'multi-instance without collection',
  multi(loop('inputElement="a"')),
  'x > multiInstanceLoopCharacteristics > extensionElements > loopCharacteristics: Expected expression but not found.',
)
add(
  'a static collection',
  multi(loop('inputCollection="a"')),
  "x > multiInstanceLoopCharacteristics > extensionElements > loopCharacteristics: Expected expression but found static value 'a'. An expression must start with '=' (e.g. '=a').",
)
add('an output collection without element', multi(loop('inputCollection="=a" outputCollection="b"')))
add('an output element without collection', multi(loop('inputCollection="=a" outputElement="=b"')))

// Events.
add('an intermediate catch event of nothing', one('intermediateCatchEvent'))
add('an intermediate catch event of an error', one('intermediateCatchEvent', '<bpmn:errorEventDefinition />'))
add(
  'an intermediate catch event of two',
  one('intermediateCatchEvent', `${messageEvent()}${timer('timeDuration', 'PT1S')}`, '', message('m', 'M')),
)
add('an intermediate catch event with a cycle', one('intermediateCatchEvent', timer('timeCycle', 'R/PT1S')))
add('a timer of nothing', one('intermediateCatchEvent', '<bpmn:timerEventDefinition />'))
add('a message catch event without message', one('intermediateCatchEvent', '<bpmn:messageEventDefinition />'))
add(
  'a duration that is none',
  one('intermediateCatchEvent', timer('timeDuration', 'soon')),
  "x: Invalid timer duration expression (Invalid duration format 'soon' for expression 'soon'.)",
)
add(
  'a date that is none',
  one('intermediateCatchEvent', timer('timeDate', 'soon')),
  "x: Invalid timer date expression (Invalid date-time format 'soon' for expression 'soon'.)",
)
add(
  'a message throw event without definition',
  one('intermediateThrowEvent', messageEvent(), '', '<bpmn:message id="m" name="M" />'),
)
add(
  'a conditional event',
  one(
    'intermediateCatchEvent',
    '<bpmn:conditionalEventDefinition><bpmn:condition xsi:type="bpmn:tFormalExpression">=x</bpmn:condition></bpmn:conditionalEventDefinition>',
  ),
)
add('a link catch event without name', one('intermediateCatchEvent', '<bpmn:linkEventDefinition id="l" name="" />'))
add(
  'a link without its catch event',
  model(
    'p',
    start(),
    raw(element('intermediateThrowEvent', 'x', '', '<bpmn:linkEventDefinition id="l" name="L" />')),
    flow('start -> x'),
  ),
)
add('a signal event without signal', one('intermediateCatchEvent', '<bpmn:signalEventDefinition />'))
add(
  'a signal without name',
  one('intermediateCatchEvent', '<bpmn:signalEventDefinition signalRef="sig" />', '', '<bpmn:signal id="sig" />'),
)
const ended = (content: string, beside = '') =>
  model('p', start(), raw(element('endEvent', 'x', '', content), beside), flow('start -> x'))
add(
  'an end event of two',
  ended(`<bpmn:terminateEventDefinition />${messageEvent()}`, '<bpmn:message id="m" name="M" />'),
)
add('an end event of a timer', ended(timer('timeDuration', 'PT1S')))
add('an end event that goes on', model('p', start(), end('x'), end(), flow('start -> x -> end')))
add('an error end event without error', ended('<bpmn:errorEventDefinition />'))
add('an error end event without code', ended('<bpmn:errorEventDefinition errorRef="e" />', '<bpmn:error id="e" />'))
add('an escalation end event without escalation', ended('<bpmn:escalationEventDefinition />'))
add(
  'an escalation end event without code',
  ended('<bpmn:escalationEventDefinition escalationRef="e" />', '<bpmn:escalation id="e" />'),
)
add(
  'a compensation end event that does not wait',
  ended('<bpmn:compensateEventDefinition waitForCompletion="false" />'),
)
add('a compensation of what is not there', ended('<bpmn:compensateEventDefinition activityRef="start" />'))
add(
  'a compensation throw event that does not wait',
  one('intermediateThrowEvent', '<bpmn:compensateEventDefinition waitForCompletion="false" />'),
)

// Boundary events.
add('valid: a boundary event', withBoundaries(on('b', timer('timeDuration', 'PT1S'))))
add('a boundary event of nothing', withBoundaries(on('b', '')))
add(
  'a boundary event that leads nowhere',
  withBoundaries(`<bpmn:boundaryEvent id="b" attachedToRef="x">${timer('timeDuration', 'PT1S')}</bpmn:boundaryEvent>`),
)
add(
  'a boundary event that is led to',
  withBoundaries(
    `${on('b', timer('timeDuration', 'PT1S')).replace('<bpmn:outgoing>', '<bpmn:incoming>f</bpmn:incoming><bpmn:outgoing>')}<bpmn:sequenceFlow id="f" sourceRef="start" targetRef="b" />`,
  ),
)
add('a boundary event of a termination', withBoundaries(on('b', '<bpmn:terminateEventDefinition />')))
add('a boundary event of a link', withBoundaries(on('b', '<bpmn:linkEventDefinition name="l" />')))
add('a non-interrupting error', withBoundaries(on('b', '<bpmn:errorEventDefinition />', ' cancelActivity="false"')))
add('an interrupting cycle', withBoundaries(on('b', timer('timeCycle', 'R/PT1S'))))
add(
  'two errors of one code',
  withBoundaries(
    `${on('b', '<bpmn:errorEventDefinition errorRef="e" />')}${on('c', '<bpmn:errorEventDefinition errorRef="e" />')}`,
    '<bpmn:error id="e" errorCode="E" />',
  ),
)
add(
  'two errors without code',
  withBoundaries(`${on('b', '<bpmn:errorEventDefinition />')}${on('c', '<bpmn:errorEventDefinition />')}`),
)
add(
  'an error code that is an expression',
  withBoundaries(on('b', '<bpmn:errorEventDefinition errorRef="e" />'), '<bpmn:error id="e" errorCode="=e" />'),
)
add('an escalation on a task', withBoundaries(on('b', '<bpmn:escalationEventDefinition />')))
add(
  'two messages of one name',
  withBoundaries(`${on('b', messageEvent())}${on('c', messageEvent('n'))}`, `${message('m', 'M')}${message('n', 'M')}`),
)
add(
  'two signals of one name',
  withBoundaries(
    `${on('b', '<bpmn:signalEventDefinition signalRef="sig" />')}${on('c', '<bpmn:signalEventDefinition signalRef="sig" />')}`,
    '<bpmn:signal id="sig" name="S" />',
  ),
)

// Subprocesses.
const inSub = (inside: string) =>
  model('p', start(), raw(element('subProcess', 'x', '', inside)), end(), flow('start -> x -> end'))
add('a subprocess without start event', inSub(''))
add('a subprocess with two start events', inSub('<bpmn:startEvent id="s" /><bpmn:startEvent id="s2" />'))
add(
  'a subprocess that a message begins',
  model(
    'p',
    start(),
    raw(
      element('subProcess', 'x', '', `<bpmn:startEvent id="s">${messageEvent()}</bpmn:startEvent>`),
      message('m', 'M'),
    ),
    end(),
    flow('start -> x -> end'),
  ),
)
add('valid: an event subprocess', eventSub(messageEvent(), message('m', 'M')))
add('an event subprocess that nothing begins', eventSub(''))
add('an event subprocess that a link begins', eventSub('<bpmn:linkEventDefinition name="l" />'))
add(
  'an event subprocess that an error begins, without an end',
  eventSub('<bpmn:errorEventDefinition />', '', ' isInterrupting="false"'),
)
add('an event subprocess of the process that compensates', eventSub('<bpmn:compensateEventDefinition />'))
add('an interrupting cycle begins an event subprocess', eventSub(timer('timeCycle', 'R/PT1S')))
add(
  'two event subprocesses of one message',
  model(
    'p',
    start(),
    end(),
    flow('start -> end'),
    raw(
      sub(`<bpmn:startEvent id="s">${messageEvent()}</bpmn:startEvent>`, ' triggeredByEvent="true"'),
      message('m', 'M'),
    ),
    raw(
      sub(`<bpmn:startEvent id="s2">${messageEvent('n')}</bpmn:startEvent>`, ' triggeredByEvent="true"').replace(
        'id="sub"',
        'id="sub2"',
      ),
      message('n', 'M'),
    ),
  ),
)
add(
  'two start events of one message',
  model(
    'p',
    raw(
      `<bpmn:startEvent id="start"><bpmn:outgoing>start_end</bpmn:outgoing>${messageEvent()}</bpmn:startEvent><bpmn:startEvent id="s2"><bpmn:outgoing>s2_end</bpmn:outgoing>${messageEvent()}</bpmn:startEvent>`,
      message('m', 'M', ''),
    ),
    end(),
    flow('start -> end'),
    flow('s2 -> end'),
  ),
)
add(
  'a start message without name',
  model(
    'p',
    raw(
      `<bpmn:startEvent id="start"><bpmn:outgoing>start_end</bpmn:outgoing>${messageEvent()}</bpmn:startEvent>`,
      message('m', '', ''),
    ),
    end(),
    flow('start -> end'),
  ),
)

// Execution listeners.
for (const type of ['exclusiveGateway', 'inclusiveGateway', 'parallelGateway'])
  add(`an end listener of ${type}`, one(type, extended(listeners(['end', 'a']))))
add(
  'a start listener of a start event',
  model(
    'p',
    raw(
      `<bpmn:startEvent id="start">${extended(listeners(['start', 'a']))}<bpmn:outgoing>start_end</bpmn:outgoing></bpmn:startEvent>`,
    ),
    end(),
    flow('start -> end'),
  ),
)
add(
  'a start listener of a boundary event',
  withBoundaries(
    on('b', timer('timeDuration', 'PT1S')).replace(
      '<bpmn:outgoing>',
      `${extended(listeners(['start', 'a']))}<bpmn:outgoing>`,
    ),
  ),
)
add(
  'an end listener of an error end event',
  ended(
    `${extended(listeners(['end', 'a']))}<bpmn:incoming>start_x</bpmn:incoming><bpmn:errorEventDefinition errorRef="e" />`,
    '<bpmn:error id="e" errorCode="E" />',
  ).replace('<!--flows of x-->', ''),
)
add('the same listener twice', task(extended(listeners(['start', 'a'], ['start', 'a']))))
add('a listener without type', task(extended(listeners(['start', '']))))
add(
  'listeners of a message',
  model(
    'p',
    start(),
    end(),
    flow('start -> end'),
    raw('', `<bpmn:message id="m" name="M">${extended(listeners(['start', 'a']))}</bpmn:message>`),
  ),
)
add('listeners twice', one('exclusiveGateway', extended(listeners(['start', 'a']), listeners(['start', 'b']))))

// What the schema refuses.
const schema: [string, string][] = [
  ['XML that ends too early', '<x'],
  ['another root', '<x />'],
  ['no namespace', '<definitions />'],
  ['an unknown element', one('fooTask')],
  ['a flow to nowhere', model('p', start(), end(), flow('start -> end -> nope'))],
  ['an id twice', model('p', start(), end(), end(), flow('start -> end'))],
  [
    'elements in the wrong order',
    model(
      'p',
      raw(
        `<bpmn:startEvent id="start"><bpmn:outgoing>start_end</bpmn:outgoing>${extended('<zeebe:foo />')}</bpmn:startEvent>`,
      ),
      end(),
      flow('start -> end'),
    ),
  ],
  ['a documentation after an extension', task(`${extended()}<bpmn:documentation>d</bpmn:documentation>`)],
  ['outgoing before incoming', task('<bpmn:outgoing>x_end</bpmn:outgoing><bpmn:incoming>start_x</bpmn:incoming>')],
  [
    'loop characteristics before a flow',
    task('<bpmn:multiInstanceLoopCharacteristics /><bpmn:incoming>start_x</bpmn:incoming>'),
  ],
  [
    'an event definition before a flow',
    withBoundaries(on('b', '').replace('><bpmn:outgoing>', `>${timer('timeDuration', 'PT1S')}<bpmn:outgoing>`)),
  ],
  ['two extension elements', task(`${extended()}${extended()}`)],
  [
    'two loop characteristics',
    task('<bpmn:multiInstanceLoopCharacteristics /><bpmn:multiInstanceLoopCharacteristics />'),
  ],
  [
    'a timer of two kinds',
    withBoundaries(
      on(
        'b',
        timer('timeDate', '2026-01-01T00:00:00Z').replace(
          '</bpmn:timerEventDefinition>',
          '<bpmn:timeCycle>R/PT1S</bpmn:timeCycle></bpmn:timerEventDefinition>',
        ),
      ),
    ),
  ],
  [
    'a completion condition before a cardinality',
    task(
      '<bpmn:multiInstanceLoopCharacteristics><bpmn:completionCondition /><bpmn:loopCardinality /></bpmn:multiInstanceLoopCharacteristics>',
    ),
  ],
  [
    'an artifact before a task',
    model(
      'p',
      start(),
      end(),
      flow('start -> end'),
      raw('<bpmn:textAnnotation id="t" />'),
      raw('<bpmn:task id="x" />'),
    ),
  ],
  ['a lane set after a task', model('p', start(), end(), flow('start -> end'), raw('<bpmn:laneSet id="l" />'))],
  [
    'a message flow before a participant',
    one(
      'task',
      '',
      '',
      '<bpmn:collaboration id="c"><bpmn:messageFlow id="f" sourceRef="x" targetRef="x" /><bpmn:participant id="a" processRef="p" /></bpmn:collaboration>',
    ),
  ],
  ['an import after a process', one('task', '', '', '<bpmn:import namespace="n" location="l" importType="t" />')],
  [
    'a message after a diagram',
    one(
      'task',
      '',
      '',
      '<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"><bpmndi:BPMNPlane /></bpmndi:BPMNDiagram><bpmn:message id="m" />',
    ),
  ],
  ['an attribute that is not known', one('task', '', ' foo="bar"')],
  ['an attribute of the wrong type', one('subProcess', '<bpmn:startEvent id="s" />', ' triggeredByEvent="maybe"')],
  [
    'a boundary event on nothing',
    withBoundaries(on('b', timer('timeDuration', 'PT1S')).replace(' attachedToRef="x"', '')),
  ],
  ['a flow without source', model('p', start(), end(), raw('<bpmn:sequenceFlow id="f" targetRef="end" />'))],
  ['text where elements are', model('p', start(), raw('text'), end(), flow('start -> end'))],
  [
    'an id that is none',
    one('task').replaceAll('"x"', '"1 x"').replaceAll('start_x', 'start_1').replaceAll('x_end', '1_end'),
  ],
]
for (const [name, xml] of schema) add(`schema: ${name}`, xml)

// What the schema lets pass: names of nothing where it asks for no id, and what others write into a text or an extension.
const plane =
  '<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"><bpmndi:BPMNPlane bpmnElement="nope" /></bpmndi:BPMNDiagram>'
const participant =
  '<bpmn:collaboration id="c"><bpmn:participant id="a" processRef="nope" /><bpmn:messageFlow id="f" sourceRef="nope" targetRef="x" /></bpmn:collaboration>'
const passed: [string, string][] = [
  ['a diagram of something else', one('task', '', '', plane)],
  [
    'a comment that looks like an element, and one as unparsed text',
    withBoundaries(
      '',
      '',
      work.replace(
        '<bpmn:ext',
        '<!-- <bpmn:outgoing>o</bpmn:outgoing> --><bpmn:documentation><![CDATA[<bpmn:outgoing>]]></bpmn:documentation><bpmn:ext',
      ),
    ),
  ],
  [
    'BPMN within an extension',
    task(`${extended('<x:y xmlns:x="x"><bpmn:outgoing>a</bpmn:outgoing><bpmn:incoming>b</bpmn:incoming></x:y>')}`),
  ],
  ['a message after a process', one('task', '', '', '<bpmn:message id="m" />')],
  ['a participant and a message flow of something else', one('task', '', '', participant)],
  [
    'an incoming flow that is not there',
    withBoundaries('', '', work.replace('<bpmn:outgoing>', '<bpmn:incoming>nope</bpmn:incoming><bpmn:outgoing>')),
  ],
  ['an outgoing flow that is not there', task('<bpmn:outgoing>nope</bpmn:outgoing>')],
  ['a default flow that is not there', one('exclusiveGateway', '', ' default="nope"')],
  ['a data store that is not there', withBoundaries('<bpmn:dataStoreReference id="d" dataStoreRef="nope" />')],
  ['a data object that is not there', withBoundaries('<bpmn:dataObjectReference id="d" dataObjectRef="nope" />')],
  ['an error that is not there', withBoundaries(on('b', '<bpmn:errorEventDefinition errorRef="nope" />'))],
  ['a message that is not there', withBoundaries(on('b', messageEvent('nope')))],
  ['a boundary event on what is not there', withBoundaries(on('b', messageEvent()).replace('Ref="x"', 'Ref="nope"'))],
  [
    'markup in a documentation',
    withBoundaries(
      '',
      '',
      work.replace('<bpmn:ext', '<bpmn:documentation>a <b>bold</b> word</bpmn:documentation><bpmn:ext'),
    ),
  ],
  ['markup outside of a text', task('<b>bold</b>')],
  [
    'an attribute of an extension that is not known',
    one('serviceTask', extended('<zeebe:taskDefinition type="t" foo="" />')),
  ],
]
for (const [name, xml] of passed) add(`references and texts: ${name}`, xml)

/** Each rule is broken once. */
export const deployments: readonly DeploymentCase[] = cases
