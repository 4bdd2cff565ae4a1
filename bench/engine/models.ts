import { end, flow, messageCatch, model, serviceTask, start } from '../../src/engine/testing/bpmn.ts'

/** A resource as a client deploys it. */
export interface BenchModel {
  readonly id: string
  readonly bpmn: string
}

export const jobType = 'bench-work'
export const messageName = 'BENCH'

/** start → job → message → end. */
export const order: BenchModel = {
  id: 'bench-order',
  bpmn: model(
    'bench-order',
    start(),
    serviceTask('work', jobType),
    messageCatch('wait', messageName, '=key'),
    end(),
    flow('start -> work -> wait -> end'),
  ),
}

/** start → job → end, for a round trip with result. */
export const errand: BenchModel = {
  id: 'bench-errand',
  bpmn: model('bench-errand', start(), serviceTask('work', jobType), end(), flow('start -> work -> end')),
}

/** start → message → end: waits from its creation on. */
export const waiting: BenchModel = {
  id: 'bench-waiting',
  bpmn: model('bench-waiting', start(), messageCatch('wait', messageName, '=key'), end(), flow('start -> wait -> end')),
}
