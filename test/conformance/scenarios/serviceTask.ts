import { end, flow, model, serviceTask, start } from '../../../src/engine/testing/bpmn.ts'
import type { Scenarios } from '../scenario.ts'

const work = model('p', start(), serviceTask('task', 'work'), end(), flow('start -> task -> end'))

export const serviceTaskScenarios: Scenarios = {
  'a job is created when the task is entered, and the task completes with it': {
    models: [work],
    steps: [{ start: 'p' }, { complete: 'work', variables: { x: 1 } }],
    records: [
      'element task ACTIVATING SERVICE_TASK in p',
      'job task CREATED work retries 3 {}',
      'element task ACTIVATED',
      'job task COMPLETED work {"x":1}',
      'element task COMPLETING',
      'variable x CREATED 1 in p',
      'element task COMPLETED',
      'flow task_end TAKEN',
      'element end ACTIVATING END_EVENT in p',
      'element p COMPLETED',
    ],
  },
}
