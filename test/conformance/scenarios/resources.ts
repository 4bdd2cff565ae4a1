import { decision, model as dmn, literal } from '../../../src/dmn/testing/dmn.ts'
import { end, flow, messageStart, model, serviceTask, start } from '../../../src/engine/testing/bpmn.ts'
import type { Resource, Scenario, Scenarios } from '../scenario.ts'

const process = model('p', start(), serviceTask('task', 'work'), end(), flow('start -> task -> end'))
const rules = (text = '1', name = 'rules.dmn'): Resource => ({
  name,
  content: dmn(decision('a', literal(text)), decision('b', literal('a'), { requires: ['a'] })),
})
const form = (more = '', name = 'f.form'): Resource => ({ name, content: `{"id": "f"${more}}` })
const refused = (deploy: (string | Resource)[], problems: string): Scenario => ({
  steps: [{ deploy }],
  answers: [
    `DeployResource INVALID_ARGUMENT: Command 'CREATE' rejected with code 'INVALID_ARGUMENT': Expected to deploy new resources, but encountered the following errors:⏎${problems}`,
  ],
  never: ['decision', 'form', 'process', 'deployment'],
})

export const resourceScenarios: Scenarios = {
  'a file of decisions is a version of its requirements and of each decision': {
    models: [rules()],
    steps: [],
    records: [
      'decisions model CREATED v1',
      'decision a CREATED v1 of model',
      'decision b CREATED v1 of model',
      'deployment CREATED a v1, b v1, model v1',
    ],
  },
  'a form is a version': {
    models: [form()],
    steps: [],
    records: ['form f CREATED v1', 'deployment CREATED f v1'],
  },
  'the same again is no new version': {
    models: [rules(), form()],
    steps: [{ deploy: [rules(), form()] }],
    records: [
      'deployment CREATED a v1, b v1, model v1, f v1',
      'deployment CREATED a v1 again, b v1 again, model v1 again, f v1 again',
    ],
    never: ['decision a CREATED v2', 'form f CREATED v2'],
  },
  'another content is the next version': {
    models: [rules(), form()],
    steps: [{ deploy: [rules('2')] }, { deploy: [form(', "x": 1')] }],
    records: ['decisions model CREATED v2', 'decision a CREATED v2', 'decision b CREATED v2', 'form f CREATED v2'],
  },
  'another name is the next version': {
    models: [rules(), form()],
    steps: [{ deploy: [rules('1', 'other.dmn')] }, { deploy: [form('', 'other.form')] }],
    records: ['decisions model CREATED v2', 'form f CREATED v2'],
  },
  'what is deployed together is versioned together': {
    models: [process, rules(), form()],
    steps: [{ deploy: [process, rules(), form(', "x": 1')] }],
    records: [
      'deployment CREATED p v1, a v1, b v1, model v1, f v1',
      'process p CREATED v2',
      'decisions model CREATED v2',
      'decision a CREATED v2',
      'decision b CREATED v2',
      'form f CREATED v2',
      'deployment CREATED p v2, a v2, b v2, model v2, f v2',
    ],
  },
  'a decision goes on with its versions in another file': {
    models: [rules()],
    steps: [
      { deploy: [{ name: 'o.dmn', content: rules().content.replace('id="model"', 'id="other"') }] },
      { deploy: [rules()] },
    ],
    records: [
      'decisions other CREATED v1',
      'decision a CREATED v2 of other',
      'decisions model CREATED v2',
      'decision a CREATED v3 of model',
    ],
  },
  'one refused resource keeps all of them out': refused(
    [process, rules(), { name: 'a.txt', content: 'x' }],
    "⏎'a.txt': unknown resource type",
  ),
  'two files with one id of requirements': refused(
    [rules(), rules('2', 'other.dmn')],
    "Expected the decision requirements ids to be unique within a deployment but found a duplicated id 'model' in the resources 'rules.dmn' and 'other.dmn'.",
  ),
  'two forms with one id': refused(
    [form(), form(', "x": 1', 'g.form')],
    "Expected the form ids to be unique within a deployment but found a duplicated id 'f' in the resources 'f.form' and 'g.form'.",
  ),
  'a form without an id': refused(
    [{ name: 'f.form', content: '{"components": []}' }],
    'Expected the form id to be present, but none given',
  ),
  'a form with a blank id': refused(
    [{ name: 'f.form', content: '{"id": " "}' }],
    'Expected the form id to be filled, but it is blank',
  ),
  'a file that is no DMN': refused(
    [{ name: 'd.dmn', content: '<a/>' }],
    "'d.dmn': Failed to parse DMN: org.camunda.bpm.model.dmn.DmnModelException: Unable to parse model",
  ),
  'decisions that require each other': refused(
    [
      {
        name: 'd.dmn',
        content: dmn(
          decision('a', literal('b'), { requires: ['b'] }),
          decision('b', literal('a'), { requires: ['a'] }),
        ),
      },
    ],
    "'d.dmn': Invalid DMN model: Cyclic dependencies between decisions detected.",
  ),
  'a decision without logic': refused(
    [{ name: 'd.dmn', content: dmn(decision('a')) }],
    "'d.dmn': unsupported decision expression 'null'",
  ),
}

export const deletionScenarios: Scenarios = {
  'a process that nobody runs': {
    models: [process],
    steps: [{ delete: 'p' }, { start: 'p' }],
    records: ['deletion DELETING', 'process p DELETING v1', 'process p DELETED v1', 'deletion DELETED'],
    answers: ['DeployResource ok', 'DeleteResource ok', 'CreateProcessInstance NOT_FOUND'],
  },
  'a process whose instances run is not deleted': {
    models: [process],
    steps: [{ start: 'p' }, { delete: 'p' }, { complete: 'work' }, { delete: 'p' }],
    records: [
      'refused RESOURCE_DELETION DELETE INVALID_STATE: Expected to delete resource with key `<key>` but there are still running instances',
      'element p COMPLETED',
      'process p DELETED v1',
    ],
    answers: [
      "DeleteResource FAILED_PRECONDITION: Command 'DELETE' rejected with code 'INVALID_STATE': Expected to delete resource with key `<key>` but there are still running instances",
      'DeleteResource ok',
    ],
  },
  'the version before is the latest again, and the number is not given again': {
    models: [process],
    steps: [
      { deploy: [process.replace('work', 'labour')] },
      { delete: 'p' },
      { start: 'p' },
      { deploy: [process.replace('work', 'effort')] },
    ],
    records: ['process p DELETED v2', 'job task CREATED work', 'process p CREATED v3'],
  },
  'the message of the version before starts it again': {
    models: [model('p', messageStart('s', 'old'), end(), flow('s -> end'))],
    steps: [{ deploy: [model('p', messageStart('s', 'new'), end(), flow('s -> end'))] }, { delete: 'p' }],
    records: [
      'starting old CREATED s of p',
      'starting old DELETED s of p',
      'starting new CREATED s of p',
      'process p DELETING v2',
      'starting new DELETED s of p',
      'starting old CREATED s of p',
      'process p DELETED v2',
    ],
  },
  'decisions go with their requirements': {
    models: [rules()],
    steps: [{ delete: 'model' }, { evaluate: 'a' }],
    records: [
      'deletion DELETING',
      'decision a DELETED v1 of model',
      'decision b DELETED v1 of model',
      'decisions model DELETED v1',
      'deletion DELETED',
    ],
    answers: ['DeleteResource ok', 'EvaluateDecision INVALID_ARGUMENT'],
  },
  'the version before of a decision is evaluated again': {
    models: [rules('1')],
    steps: [{ deploy: [rules('2')] }, { evaluate: 'b' }, { delete: 'model' }, { evaluate: 'b' }],
    answers: ['decision b 2', 'DeleteResource ok', 'decision b 1'],
  },
  'a form': {
    models: [form()],
    steps: [{ delete: 'f' }, { deploy: [form()] }],
    records: ['form f DELETED v1', 'form f CREATED v2'],
  },
}
