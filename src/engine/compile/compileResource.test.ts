import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  element,
  end,
  errorBoundary,
  exclusive,
  flow,
  messageBoundary,
  model,
  type Part,
  receiveTask,
  serviceTask,
  start,
  subProcess,
  timerBoundary,
  timerCatch,
} from '../testing/bpmn.ts'
import { compileResource } from './compileResource.ts'

const problemsOf = async (content: string, name = 'x.bpmn') => (await compileResource({ name, content })).problems

const inside = (id: string, xml: string, beside = ''): Part[] => [
  start(),
  { inside: xml, beside },
  end(),
  flow(`start -> ${id} -> end`),
]

/** The words are those of Zeebe 8.6.0 for the same file, but where the reason is this engine's own. */
const refused: [title: string, xml: string, problems: string | RegExp][] = [
  [
    'a service task without type',
    model('p', ...inside('a', element('serviceTask', 'a', '', ''))),
    "'x.bpmn': - Element: a\n    - ERROR: Must have exactly one 'zeebe:taskDefinition' extension element\n",
  ],
  [
    'a correlation key that is no expression',
    model('p', start(), ...[messageBoundaryModel('k')].flat()),
    /- Element: message-b > extensionElements > subscription\n {4}- ERROR: Expected expression but found static value 'k'. An expression must start with '=' \(e.g. '=k'\)./,
  ],
  [
    'an empty mapping source',
    model('p', start(), serviceTask('a', 'a', { inputs: { x: '' } }), end(), flow('start -> a -> end')),
    "'x.bpmn': - Element: a > extensionElements > ioMapping > input\n    - ERROR: Expected expression but not found.\n",
  ],
  [
    'FEEL that does not parse',
    model('p', start(), serviceTask('a', 'a', { inputs: { x: '=1 +' } }), end(), flow('start -> a -> end')),
    /- Element: a > extensionElements > ioMapping > input\n {4}- ERROR: failed to parse expression '1 \+'/,
  ],
  [
    'a target that is no path',
    model('p', start(), serviceTask('a', 'a', { inputs: { 'a b': '=1' } }), end(), flow('start -> a -> end')),
    /Expected path expression 'a b' but doesn't match the pattern/,
  ],
  [
    'flows of an exclusive gateway without condition',
    model('p', start(), exclusive('g'), end(), end('e2'), flow('start -> g -> end'), flow('g -> e2')),
    /- Element: g_e2\n {4}- ERROR: Must have a condition or be default flow/,
  ],
  [
    'a loop that never waits',
    model(
      'p',
      start(),
      exclusive('g'),
      { inside: element('task', 't', '', '') },
      end(),
      flow('start -> t -> g'),
      flow('g -> t', '=x'),
      flow('g -> end', '=y'),
    ),
    /- Process: p\n {4}- ERROR: Processes are not allowed to contain a straight-through processing loop: t > g > t/,
  ],
  [
    'a loop through a subprocess that never waits',
    model(
      'p',
      start(),
      exclusive('g', 'g_end'),
      subProcess('sp', {}, start('s'), end('e'), flow('s -> e')),
      { inside: element('manualTask', 't', '', '') },
      end(),
      flow('start -> sp -> t -> g'),
      flow('g -> sp', '=x'),
      flow('g -> end'),
    ),
    /^`x.bpmn`: - Process: p\n {4}- ERROR: Processes are not allowed to contain a straight-through processing loop: t > g > sp > s > e > t\n$/,
  ],
  [
    'no start event',
    model('p', serviceTask('a'), end(), flow('a -> end')),
    /- Element: p\n {4}- ERROR: Must have at least one start event/,
  ],
  [
    'two none start events',
    model('p', start(), start('s2'), end(), flow('start -> end'), flow('s2 -> end')),
    /Multiple none start events are not allowed/,
  ],
  [
    'a subprocess without start event',
    model('p', start(), subProcess('sp', {}), end(), flow('start -> sp -> end')),
    /- Element: sp\n {4}- ERROR: Must have exactly one start event/,
  ],
  [
    'a boundary event that leads nowhere',
    model(
      'p',
      start(),
      serviceTask('a'),
      timerBoundary('tb', 'a', { duration: 'PT1S' }),
      end(),
      flow('start -> a -> end'),
    ),
    "'x.bpmn': - Element: tb\n    - ERROR: Must have at least one outgoing sequence flow or association\n",
  ],
  [
    'two boundary events for one error',
    model(
      'p',
      start(),
      serviceTask('a'),
      errorBoundary('x', 'a', 'A'),
      errorBoundary('y', 'a', 'A'),
      end(),
      flow('start -> a -> end'),
      flow('x -> end'),
      flow('y -> end'),
    ),
    "'x.bpmn': - Element: a\n    - ERROR: Multiple error catch events with the same error code 'A' are not supported on the same scope.\n",
  ],
  [
    'timers that no one understands',
    model(
      'p',
      start(),
      timerCatch('t', { date: 'tomorrow' }),
      timerCatch('u', { duration: 'abc' }),
      end(),
      flow('start -> t -> u -> end'),
    ),
    /- Element: t\n {4}- ERROR: Invalid timer date expression \(Invalid date-time format 'tomorrow' for expression 'tomorrow'\.\)/,
  ],
  [
    'a condition on a flow that leaves a task',
    model(
      'p',
      start(),
      serviceTask('a'),
      end(),
      end('e2'),
      flow('start -> a'),
      flow('a -> end', '=x'),
      flow('a -> e2', '=y'),
    ),
    /- Element: a\n {4}- ERROR: Conditional sequence flows are only supported at exclusive or inclusive gateway/,
  ],
  [
    'an output collection without output element',
    model('p', start(), serviceTask('a', 'a', { multi: { in: '=x', out: 'y' } }), end(), flow('start -> a -> end')),
    /Attribute 'outputElement' must be present if the attribute 'outputCollection' is set/,
  ],
  [
    'a process that is not executable',
    model('p', start(), end(), flow('start -> end')).replace('isExecutable="true"', ''),
    /Must contain at least one executable process/,
  ],
  [
    'what no engine of its version knows',
    model('p', ...inside('c', element('adHocSubProcess', 'c', '', ''))),
    /- Element: c\n {4}- ERROR: Elements of type 'AdHocSubProcess' are currently not supported/,
  ],
  [
    'a conditional start',
    model(
      'p',
      {
        inside: element(
          'startEvent',
          's',
          '',
          '<bpmn:conditionalEventDefinition><bpmn:condition>=true</bpmn:condition></bpmn:conditionalEventDefinition>',
        ),
      },
      end(),
      flow('s -> end'),
    ),
    /- Element: s\n {4}- ERROR: Event definition of type 'ConditionalEventDefinition' is not supported here by this engine/,
  ],
  [
    'an event subprocess without a start event',
    model('p', start(), end(), flow('start -> end'), {
      inside: '<bpmn:subProcess id="esp" triggeredByEvent="true"></bpmn:subProcess>',
    }),
    /- Element: esp\n {4}- ERROR: Must have exactly one start event/,
  ],
  [
    'a receive task whose boundary event waits for the same message',
    model(
      'p',
      start(),
      receiveTask('a', 'm', '=k'),
      messageBoundary('b', 'a', 'm', '=k'),
      end(),
      end('e2'),
      flow('start -> a -> end'),
      flow('b -> e2'),
    ),
    `'x.bpmn': - Element: a\n    - ERROR: Cannot reference the same message name as a boundary event\n`,
  ],
  ['XML that ends too early', '<x', /^'x.bpmn': Fatal Error: /],
  [
    'a DOCTYPE',
    `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>${model('p', start(), end(), flow('start -> end'))}`,
    /DOCTYPE is disallowed/,
  ],
  ['an unknown element', model('p', ...inside('f', '<bpmn:fooTask id="f" />')), /^'x.bpmn': Error: /],
  ['a flow to nowhere', model('p', start(), end(), flow('start -> end -> nope')), /^'x.bpmn': Error: /],
  ['an id twice', model('p', start(), end(), end(), flow('start -> end')), /^'x.bpmn': Error: /],
]

function messageBoundaryModel(key: string): Part[] {
  return [serviceTask('a'), messageBoundary('b', 'a', 'M', key), end(), flow('start -> a -> end'), flow('b -> end')]
}

for (const [title, xml, problems] of refused) {
  test(`refuses ${title}`, async () => {
    const found = await problemsOf(xml)
    if (typeof problems === 'string') assert.equal(found, problems)
    else assert.match(found ?? '', problems)
  })
}

test('refuses what is no BPMN file by its name', async () => {
  assert.equal(await problemsOf('x', 'a.txt'), "\n'a.txt': unknown resource type")
})

test('a loop that waits is fine, as are lanes of data and notes', async () => {
  const xml = model(
    'p',
    start(),
    serviceTask('work'),
    exclusive('g', 'g_end'),
    end(),
    flow('start -> work -> g'),
    flow('g -> work', '=again'),
    flow('g -> end'),
    {
      inside:
        '<bpmn:dataObjectReference id="d" dataObjectRef="do" /><bpmn:dataObject id="do" /><bpmn:textAnnotation id="n" />',
    },
  )
  assert.equal(await problemsOf(xml), undefined)
})

test('a reference with a prefix, as other modelers write it, is that of the id after it', async () => {
  const xml = model(
    'p',
    ...inside('r', receiveTask('r', 'news', '=key').inside, receiveTask('r', 'news', '=key').beside),
  )
  assert.equal(await problemsOf(xml.replace('messageRef="message-r"', 'messageRef="tns:message-r"')), undefined)
  assert.match(
    (await problemsOf(xml.replace('messageRef="message-r"', 'messageRef="tns:other"'))) ?? '',
    /Must reference a message/,
  )
})
