import type { ElementModel } from '../compile/model.ts'
import type { Behaviour } from '../run.ts'
import { bodyType, type ElementInstance } from '../state/rows.ts'
import { boundaryEvent } from './boundaryEvent.ts'
import { businessRuleTask } from './businessRuleTask.ts'
import { callActivity } from './callActivity.ts'
import type { Element } from './element.ts'
import { endEvent } from './endEvent.ts'
import { eventBasedGateway } from './eventBasedGateway.ts'
import { eventSubProcess } from './eventSubProcess.ts'
import { exclusiveGateway } from './exclusiveGateway.ts'
import { inclusiveGateway } from './inclusiveGateway.ts'
import { intermediateCatchEvent } from './intermediateCatchEvent.ts'
import { intermediateThrowEvent } from './intermediateThrowEvent.ts'
import { enterInstance, multiInstanceBody } from './multiInstanceBody.ts'
import { parallelGateway } from './parallelGateway.ts'
import { process } from './process.ts'
import { receiveTask } from './receiveTask.ts'
import { scriptTask } from './scriptTask.ts'
import { serviceTask } from './serviceTask.ts'
import { startEvent } from './startEvent.ts'
import { subProcess } from './subProcess.ts'
import { task } from './task.ts'
import { userTask } from './userTask.ts'

/** Which element of a BPMN file is read by which file of ours. What is not here is refused at deployment. */
export const elements: Readonly<Record<string, Pick<Element<ElementModel>, 'compile'> | undefined>> = {
  'bpmn:StartEvent': startEvent,
  'bpmn:EndEvent': endEvent,
  'bpmn:IntermediateCatchEvent': intermediateCatchEvent,
  'bpmn:IntermediateThrowEvent': intermediateThrowEvent,
  'bpmn:BoundaryEvent': boundaryEvent,
  'bpmn:Task': task,
  'bpmn:ManualTask': task,
  'bpmn:ServiceTask': serviceTask,
  'bpmn:SendTask': serviceTask,
  'bpmn:ScriptTask': scriptTask,
  'bpmn:BusinessRuleTask': businessRuleTask,
  'bpmn:ReceiveTask': receiveTask,
  'bpmn:UserTask': userTask,
  'bpmn:CallActivity': callActivity,
  'bpmn:ExclusiveGateway': exclusiveGateway,
  'bpmn:InclusiveGateway': inclusiveGateway,
  'bpmn:ParallelGateway': parallelGateway,
  'bpmn:EventBasedGateway': eventBasedGateway,
  'bpmn:SubProcess': subProcess,
}

/** Which kind is executed by which. */
const behaviours: { [Kind in ElementModel['kind']]: Behaviour<Extract<ElementModel, { kind: Kind }>> } = {
  process,
  subProcess,
  eventSubProcess,
  startEvent,
  endEvent,
  intermediateCatchEvent,
  intermediateThrowEvent,
  boundaryEvent,
  serviceTask,
  task,
  receiveTask,
  callActivity,
  scriptTask,
  businessRuleTask,
  userTask,
  exclusiveGateway,
  inclusiveGateway,
  parallelGateway,
  eventBasedGateway,
}

/** What an instance does: its element's behaviour, or the multi-instance body's around it. */
export function behaviourOf(instance: ElementInstance, element: ElementModel): Behaviour {
  if (instance.elementType === bodyType) return multiInstanceBody
  const behaviour = behaviours[element.kind] as Behaviour
  return element.multiInstance === undefined ? behaviour : inBody(behaviour)
}

function inBody(behaviour: Behaviour): Behaviour {
  return {
    ...behaviour,
    enter(run, instance, element) {
      enterInstance(run, instance, run.state.elements.get(instance.scopeKey)!, element)
      behaviour.enter?.(run, instance, element)
    },
  }
}
