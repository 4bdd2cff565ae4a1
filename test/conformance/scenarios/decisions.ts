import { decision, model as dmn, literal, table } from '../../../src/dmn/testing/dmn.ts'
import {
  businessRuleTask,
  type DecisionActivity,
  end,
  flow,
  model,
  serviceTask,
  start,
} from '../../../src/engine/testing/bpmn.ts'
import type { Resource, Scenarios } from '../scenario.ts'

const deciding = (decisionId: string, options: DecisionActivity = {}, id = 'p') =>
  model(
    id,
    start(),
    businessRuleTask('decide', decisionId, 'result', options),
    serviceTask('after', 'work'),
    end(),
    flow('start -> decide -> after -> end'),
  )
const file = (content: string): Resource => ({ name: 'rules.dmn', content })
const price = (perKilo: number, versionTag?: string) =>
  dmn(
    decision(
      'price',
      table(
        ['weight'],
        [
          ['<= 1', '5'],
          ['> 1', `weight * ${perKilo}`],
        ],
      ),
      versionTag === undefined ? {} : { versionTag },
    ),
  )
const total = dmn(
  decision(
    'price',
    table(
      ['weight'],
      [
        ['<= 1', '5'],
        ['> 1', 'weight * 4'],
      ],
    ),
  ),
  decision('total', literal('{sum: price + 1}'), { requires: ['price'] }),
)
const policy = (hitPolicy: string) =>
  dmn(
    decision(
      'd',
      table(
        ['x'],
        [
          ['> 0', '1'],
          ['> 5', '2'],
          ['> 10', 'x'],
        ],
        hitPolicy,
      ),
    ),
  )

export const businessRuleTaskScenarios: Scenarios = {
  'the decision is evaluated when the task is entered, with all that it sees': {
    models: [deciding('price'), file(price(4))],
    steps: [{ start: 'p', variables: { weight: 3 } }],
    records: [
      'element decide ACTIVATING BUSINESS_RULE_TASK in p',
      'evaluation price EVALUATED 12 by decide: price DECISION_TABLE [weight=3] 12 rule2',
      'event decide TRIGGERING {"result":12}',
      'element decide ACTIVATED',
      'element decide COMPLETING',
      'variable result CREATED 12 in p',
      'element decide COMPLETED',
    ],
    never: ['job decide'],
  },
  'required decisions are evaluated first': {
    models: [deciding('total'), file(total)],
    steps: [{ start: 'p', variables: { weight: 1 } }],
    records: [
      'evaluation total EVALUATED {"sum":6} by decide: price DECISION_TABLE [weight=1] 5 rule1, total LITERAL_EXPRESSION [] {"sum":6}',
      'variable result CREATED {"sum":6} in p',
    ],
  },
  'the id may be an expression': {
    models: [deciding('="pri" + rest'), file(price(4))],
    steps: [{ start: 'p', variables: { weight: 1, rest: 'ce' } }],
    records: ['evaluation price EVALUATED 5 by decide', 'variable result CREATED 5 in p'],
  },
  'mappings say what goes in and what comes out': {
    models: [deciding('price', { inputs: { weight: '=kilos' }, outputs: { cost: '=result + 1' } }), file(price(4))],
    steps: [{ start: 'p', variables: { kilos: 2 } }],
    records: [
      'variable weight CREATED 2 in decide',
      'variable result CREATED 8 in decide',
      'variable cost CREATED 9 in p',
    ],
  },
  'without a rule that matches the result is null': {
    models: [deciding('price'), file(price(4))],
    steps: [{ start: 'p', variables: { weight: null } }],
    records: [
      'evaluation price EVALUATED null by decide: price DECISION_TABLE [weight=null] null',
      'variable result CREATED null',
    ],
  },
  'a decision that is not deployed is an incident; deployed and resolved, the task goes on': {
    models: [deciding('price')],
    steps: [
      { start: 'p', variables: { weight: 1 } },
      { until: 'incident decide CREATED' },
      { deploy: [file(price(4))] },
      { resolve: 'decide' },
    ],
    records: [
      "incident decide CREATED CALLED_DECISION_ERROR: Expected to evaluate decision 'price', but no decision found for id 'price'",
      'incident decide RESOLVED CALLED_DECISION_ERROR',
      'evaluation price EVALUATED 5 by decide',
      'element decide COMPLETED',
    ],
  },
  'a decision that fails is an incident, after its record': {
    models: [deciding('d'), file(policy('UNIQUE'))],
    steps: [{ start: 'p', variables: { x: 6 } }],
    records: [
      "evaluation d FAILED null by decide: d DECISION_TABLE [x=6] null rule1 rule2 failed at d: Expected to evaluate decision 'd', but multiple values aren't allowed for UNIQUE hit policy. found: 'List(Map(result -> 1), Map(result -> 2))'",
      "incident decide CREATED DECISION_EVALUATION_ERROR: Expected to evaluate decision 'd', but multiple values",
    ],
    never: ['element decide ACTIVATED'],
  },
  'an id that is no text is an incident': {
    models: [deciding('=which')],
    steps: [{ start: 'p' }],
    records: [
      "incident decide CREATED EXTRACT_VALUE_ERROR: Expected result of the expression 'which' to be 'STRING', but was 'NULL'. The evaluation reported the following warnings:⏎[NO_VARIABLE_FOUND] No variable found with name 'which'",
    ],
  },
  'the latest version is taken, also of what was deployed later': {
    models: [deciding('price'), file(price(4))],
    steps: [{ deploy: [file(price(7))] }, { start: 'p', variables: { weight: 2 } }],
    records: ['variable result CREATED 14 in p'],
  },
  'bound to its deployment, the version beside the process is taken': {
    models: [deciding('price', { bindingType: 'deployment' }), file(price(4))],
    steps: [{ deploy: [file(price(7))] }, { start: 'p', variables: { weight: 2 } }],
    records: ['decision price CREATED v2', 'variable result CREATED 8 in p'],
  },
  'bound to its deployment, a decision that is elsewhere is an incident': {
    models: [deciding('="price"', { bindingType: 'deployment' })],
    steps: [{ deploy: [file(price(7))] }, { start: 'p', variables: { weight: 2 } }],
    records: [
      "incident decide CREATED CALLED_DECISION_ERROR: Expected to evaluate decision 'price' with binding type 'deployment', but no such decision found in the deployment with key <key> which contained the current process.",
    ],
  },
  'bound to a tag, the latest version with it is taken': {
    models: [deciding('price', { bindingType: 'versionTag', versionTag: 'v1' })],
    steps: [
      { deploy: [file(price(4, 'v1'))] },
      { deploy: [file(price(5, 'v1'))] },
      { deploy: [file(price(6))] },
      { start: 'p', variables: { weight: 2 } },
    ],
    records: ['variable result CREATED 10 in p'],
  },
  'bound to a tag that no version has': {
    models: [deciding('price', { bindingType: 'versionTag', versionTag: 'v9' }), file(price(4, 'v1'))],
    steps: [{ start: 'p', variables: { weight: 2 } }],
    records: [
      "incident decide CREATED CALLED_DECISION_ERROR: Expected to evaluate decision with id 'price' and version tag 'v9', but no such decision found.",
    ],
  },
  'each instance of a multi-instance task decides for itself': {
    models: [
      deciding('price', { multi: { in: '=[1, 2]', as: 'weight', out: 'all', element: '=result' } }),
      file(price(4)),
    ],
    steps: [{ start: 'p' }],
    records: [
      'evaluation price EVALUATED 5 by decide',
      'evaluation price EVALUATED 8 by decide',
      'variable all CREATED [5,8] in p',
    ],
  },
  'a business rule task with a task definition is a job': {
    models: [
      model(
        'p',
        start(),
        {
          inside:
            '<bpmn:businessRuleTask id="decide"><bpmn:extensionElements><zeebe:taskDefinition type="rules" /></bpmn:extensionElements></bpmn:businessRuleTask>',
        },
        end(),
        flow('start -> decide -> end'),
      ),
    ],
    steps: [{ start: 'p' }, { complete: 'rules', variables: { a: 1 } }],
    records: [
      'element decide ACTIVATING BUSINESS_RULE_TASK in p',
      'job decide CREATED rules',
      'variable a CREATED 1 in p',
    ],
  },
}

const evaluated = (content: string, variables: Record<string, unknown>, answer: string, id = 'd') => ({
  models: [file(content)],
  steps: [{ evaluate: id, variables }],
  answers: [answer],
})

export const decisionScenarios: Scenarios = {
  'a decision is evaluated outside of any process': {
    models: [file(total)],
    steps: [{ evaluate: 'total', variables: { weight: 2 } }],
    records: [
      'evaluation total EVALUATED {"sum":9}: price DECISION_TABLE [weight=2] 8 rule2, total LITERAL_EXPRESSION [] {"sum":9}',
    ],
    answers: ['decision total {"sum":9}'],
  },
  'a decision that is not there is refused': {
    steps: [{ evaluate: 'd' }],
    records: [
      "refused DECISION_EVALUATION EVALUATE INVALID_ARGUMENT: Expected to evaluate decision 'd', but no decision found for id 'd'",
    ],
    answers: [
      "EvaluateDecision INVALID_ARGUMENT: Command 'EVALUATE' rejected with code 'INVALID_ARGUMENT': Expected to evaluate decision 'd', but no decision found for id 'd'",
    ],
  },
  'a decision that fails says where': evaluated(
    dmn(decision('a', literal('assert(x, x > 0)')), decision('d', literal('a'), { requires: ['a'] })),
    { x: 0 },
    "decision d  failed at a: Expected to evaluate decision 'd', but Assertion failure on evaluate the expression 'assert(x, x > 0)': The condition is not fulfilled",
  ),
  'UNIQUE: one rule': evaluated(policy('UNIQUE'), { x: 1 }, 'decision d 1'),
  'UNIQUE: two rules are a failure': evaluated(
    policy('UNIQUE'),
    { x: 6 },
    "decision d  failed at d: Expected to evaluate decision 'd', but multiple values aren't allowed for UNIQUE hit policy.",
  ),
  'FIRST: the first rule that matches': evaluated(policy('FIRST'), { x: 11 }, 'decision d 1'),
  'ANY: rules with different outputs are a failure': evaluated(
    policy('ANY'),
    { x: 6 },
    "decision d  failed at d: Expected to evaluate decision 'd', but different values aren't allowed for ANY hit policy. found: 'List(Map(result -> 1), Map(result -> 2))'",
  ),
  'ANY: rules with one output': evaluated(policy('ANY'), { x: 5 }, 'decision d 1'),
  'RULE ORDER: the outputs in the order of the rules': evaluated(
    policy('RULE ORDER'),
    { x: 11 },
    'decision d [1,2,11]',
  ),
  'COLLECT: the outputs as a list': evaluated(policy('COLLECT'), { x: 6 }, 'decision d [1,2]'),
  'COLLECT with SUM': evaluated(policy('COLLECT" aggregation="SUM'), { x: 11 }, 'decision d 14'),
  'COLLECT with MIN': evaluated(policy('COLLECT" aggregation="MIN'), { x: 11 }, 'decision d 1'),
  'COLLECT with MAX': evaluated(policy('COLLECT" aggregation="MAX'), { x: 11 }, 'decision d 11'),
  'COLLECT with COUNT': evaluated(policy('COLLECT" aggregation="COUNT'), { x: 6 }, 'decision d 2'),
  'no rule matches': evaluated(policy('COLLECT" aggregation="COUNT'), { x: 0 }, 'decision d null'),
}
