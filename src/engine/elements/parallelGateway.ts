import { passThrough } from '../lifecycle.ts'
import type { Behaviour } from '../run.ts'

/** BPMN 2.0.2 §13.4.1: a token on every outgoing flow, once there was one on every incoming flow (see the lifecycle). */
export const parallelGateway: Behaviour = {
  activate(run, instance, element) {
    passThrough(run, instance, element)
  },
  complete() {},
}
