import type { ElementModel } from '../compile/model.ts'
import { type Behaviour, bodyType } from '../run.ts'
import type { ElementInstance } from '../state.ts'
import { boundaryEvent } from './boundaryEvent.ts'
import { catchEvent } from './catchEvent.ts'
import { endEvent } from './endEvent.ts'
import { exclusiveGateway } from './exclusiveGateway.ts'
import { jobTask } from './jobTask.ts'
import { enterInstance, multiInstanceBody } from './multiInstanceBody.ts'
import { parallelGateway } from './parallelGateway.ts'
import { passElement } from './passElement.ts'
import { process } from './process.ts'
import { receiveTask } from './receiveTask.ts'
import { startEvent } from './startEvent.ts'
import { subProcess } from './subProcess.ts'

const behaviours: Record<ElementModel['kind'], Behaviour> = {
  process,
  subProcess,
  startEvent,
  endEvent,
  jobTask,
  receiveTask,
  pass: passElement,
  exclusiveGateway,
  parallelGateway,
  catchEvent,
  boundaryEvent,
}

/** What an instance does: its element's behaviour, or the multi-instance body's around it. */
export function behaviourOf(instance: ElementInstance, element: ElementModel): Behaviour {
  if (instance.elementType === bodyType) return multiInstanceBody
  const behaviour = behaviours[element.kind]
  return element.multiInstance === undefined ? behaviour : inBody(behaviour)
}

function inBody(behaviour: Behaviour): Behaviour {
  return {
    ...behaviour,
    activate(run, instance, element) {
      enterInstance(run, instance, run.state.elements.get(instance.scopeKey)!, element)
      behaviour.activate(run, instance, element)
    },
  }
}
