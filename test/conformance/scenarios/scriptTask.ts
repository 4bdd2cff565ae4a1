import { end, errorBoundary, flow, model, scriptTask, serviceTask, start } from '../../../src/engine/testing/bpmn.ts'
import type { Scenarios } from '../scenario.ts'

const scripted = (expression: string, options = {}) =>
  model(
    'p',
    start(),
    scriptTask('script', expression, 'result', options),
    serviceTask('after', 'work'),
    end(),
    flow('start -> script -> after -> end'),
  )

export const scriptTaskScenarios: Scenarios = {
  'the result is brought when the task is entered, and is a variable of the process when it is left': {
    models: [scripted('=x + 1')],
    steps: [{ start: 'p', variables: { x: 1 } }],
    records: [
      'element script ACTIVATING SCRIPT_TASK in p',
      'event script TRIGGERING {"result":2}',
      'element script ACTIVATED',
      'element script COMPLETING',
      'event script TRIGGERED {}',
      'variable result CREATED 2 in p',
      'element script COMPLETED',
      'job after CREATED work',
    ],
    never: ['job script'],
  },
  'with output mappings the result is local': {
    models: [scripted('={a: x, b: 0}', { outputs: { first: '=result.a' } })],
    steps: [{ start: 'p', variables: { x: 1 } }],
    records: ['variable result CREATED {"a":1,"b":0} in script', 'variable first CREATED 1 in p'],
    never: ['variable result CREATED {"a":1,"b":0} in p'],
  },
  'the script sees the input mappings': {
    models: [scripted('=y * 2', { inputs: { y: '=x + 1' } })],
    steps: [{ start: 'p', variables: { x: 1 } }],
    records: [
      'variable y CREATED 2 in script',
      'event script TRIGGERING {"result":4}',
      'variable result CREATED 4 in p',
    ],
  },
  'a variable of that name is updated': {
    models: [scripted('=result + 1')],
    steps: [{ start: 'p', variables: { result: 1 } }],
    records: ['variable result UPDATED 2 in p'],
  },
  'null is a result': {
    models: [scripted('=nothing')],
    steps: [{ start: 'p' }],
    records: [
      'event script TRIGGERING {"result":null}',
      'variable result CREATED null in p',
      'element script COMPLETED',
    ],
  },
  'an assertion that does not hold is an incident; with its variable and when it is resolved, the script goes on': {
    models: [scripted('=assert(x, x != null)')],
    steps: [{ start: 'p' }, { set: { x: 'a' }, in: 'script' }, { resolve: 'script' }],
    records: [
      "incident script CREATED EXTRACT_VALUE_ERROR: Assertion failure on evaluate the expression 'assert(x, x != null)': The condition is not fulfilled",
      'incident script RESOLVED EXTRACT_VALUE_ERROR',
      'variable result CREATED "a" in p',
      'element script COMPLETED',
    ],
  },
  'a pattern that goes back and back is an incident, and its instance can go on': {
    models: [scripted('=matches(x, "(a+)+$")')],
    steps: [
      { start: 'p', variables: { x: `${'a'.repeat(24)}!` } },
      { set: { x: 'aaa' }, in: 'p' },
      { resolve: 'script' },
    ],
    records: [
      `incident script CREATED EXTRACT_VALUE_ERROR: failed to evaluate expression 'matches(x, "(a+)+$")': it took more than 5000000 steps`,
      'incident script RESOLVED EXTRACT_VALUE_ERROR',
      'variable result CREATED true in p',
      'element script COMPLETED',
    ],
  },
  'a pattern is one of Java’s: what it took possessively it does not give back': {
    models: [scripted('=[matches("aab", "^a++b"), matches("aab", "^a++ab"), matches("ab", "^[a-z&&[^a]]")]')],
    steps: [{ start: 'p' }],
    records: ['variable result CREATED [true,false,false] in p'],
  },
  'an output mapping that fails does not evaluate the script again': {
    models: [scripted('=1', { outputs: { y: '=assert(x, x != null)' } })],
    steps: [{ start: 'p' }, { set: { x: 2 }, in: 'p' }, { resolve: 'script' }],
    records: [
      'event script TRIGGERING {"result":1}',
      'incident script CREATED IO_MAPPING_ERROR',
      'incident script RESOLVED IO_MAPPING_ERROR',
      'variable y CREATED 2 in p',
      'element script COMPLETED',
    ],
  },
  'each instance of a multi-instance script adds to the collection': {
    models: [scripted('=n * n', { multi: { in: '=[1, 2, 3]', as: 'n', out: 'all', element: '=result' } })],
    steps: [{ start: 'p' }],
    records: ['variable all CREATED [1,4,9] in p', 'element script:all COMPLETED'],
    never: ['variable result CREATED 1 in p'],
  },
  'a script task with a task definition is a job': {
    models: [
      model(
        'p',
        start(),
        {
          inside:
            '<bpmn:scriptTask id="script"><bpmn:extensionElements><zeebe:taskDefinition type="run" /></bpmn:extensionElements></bpmn:scriptTask>',
        },
        errorBoundary('caught', 'script', 'E'),
        end(),
        end('e'),
        flow('start -> script -> end'),
        flow('caught -> e'),
      ),
    ],
    steps: [{ start: 'p' }, { throw: 'run', code: 'E' }],
    records: [
      'element script ACTIVATING SCRIPT_TASK in p',
      'job script CREATED run retries 3',
      'element caught COMPLETED',
    ],
  },
  'a loop over a script is allowed': {
    models: [
      model(
        'p',
        start(),
        scriptTask('script', '=n + 1', 'n'),
        { inside: '<bpmn:exclusiveGateway id="again" default="again_end" />' },
        end(),
        flow('start -> script -> again -> end'),
        flow('again -> script', '=n < 3'),
      ),
    ],
    steps: [{ start: 'p', variables: { n: 0 } }],
    records: [
      'variable n UPDATED 1 in p',
      'variable n UPDATED 2 in p',
      'variable n UPDATED 3 in p',
      'element p COMPLETED',
    ],
  },
  'a script task without a script is refused': {
    steps: [
      { deploy: [model('p', start(), { inside: '<bpmn:scriptTask id="s" />' }, end(), flow('start -> s -> end'))] },
    ],
    answers: [
      "DeployResource INVALID_ARGUMENT: Command 'CREATE' rejected with code 'INVALID_ARGUMENT': Expected to deploy new resources, but encountered the following errors:⏎'p.bpmn': - Element: s⏎    - ERROR: Must have either one 'zeebe:script' or one 'zeebe:taskDefinition' extension element⏎",
    ],
  },
  'a script without = is refused': {
    steps: [{ deploy: [scripted('x')] }],
    answers: [
      "DeployResource INVALID_ARGUMENT: Command 'CREATE' rejected with code 'INVALID_ARGUMENT': Expected to deploy new resources, but encountered the following errors:⏎'p.bpmn': - Element: script > extensionElements > script⏎    - ERROR: Expected expression but found static value 'x'. An expression must start with '=' (e.g. '=x').⏎",
    ],
  },
}
