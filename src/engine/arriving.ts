import type { ElementModel } from './compile/model.ts'
import { bodyType, type ElementInstance } from './state/rows.ts'
import type { ActivateStep } from './step.ts'

/** The element instance that a step activates in a scope. */
export function arriving(scope: ElementInstance, element: ElementModel, step: ActivateStep): ElementInstance {
  const isBody = element.multiInstance !== undefined && step.loopCounter === undefined
  return {
    key: step.key,
    processInstanceKey: scope.processInstanceKey,
    processDefinitionKey: scope.processDefinitionKey,
    bpmnProcessId: scope.bpmnProcessId,
    version: scope.version,
    elementId: element.id,
    elementType: isBody ? bodyType : element.type,
    scopeKey: scope.key,
    state: 'ACTIVATING',
    activeFlows: 0,
    triggers: step.trigger === undefined ? [] : [step.trigger],
    ...(step.loopCounter !== undefined && { loopCounter: step.loopCounter }),
    ...(step.compensates && { compensates: true }),
  }
}
