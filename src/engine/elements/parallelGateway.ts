import type { ParallelGateway } from '../compile/model.ts'
import { passThrough } from '../lifecycle/leaving.ts'
import type { Element } from './element.ts'

/** BPMN 2.0.2 §13.4.1: a token on every outgoing flow, once there was one on every incoming flow (see `joins.ts`). */
export const parallelGateway: Element<ParallelGateway> = {
  compile: (_node, base) => ({ ...base, kind: 'parallelGateway' }),
  activate(run, instance, element) {
    passThrough(run, instance, element)
  },
  complete() {},
}
