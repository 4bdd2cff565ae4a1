import { callerOf } from '../callers.ts'
import { compileBinding } from '../compile/binding.ts'
import { countOf } from '../compile/extensions.ts'
import { extension } from '../compile/moddle.ts'
import type { Binding, CallActivity } from '../compile/model.ts'
import { callProcess } from '../instances.ts'
import { activated } from '../lifecycle/transitions.ts'
import { takeBrought } from '../lifecycle/triggering.ts'
import { IncidentRaised, type Run } from '../run.ts'
import type { DeployedProcessRow, ElementInstance } from '../state/rows.ts'
import { evaluateString } from '../variables/expressions.ts'
import { applyInputs, applyOutputs } from '../variables/mappings.ts'
import { localVariables, visibleVariables } from '../variables/variables.ts'
import { subscribe } from '../waiting/subscribe.ts'
import { unsubscribe } from '../waiting/unsubscribe.ts'
import type { Element } from './element.ts'

/**
 * BPMN 2.0.2 §13.3.5: an instance of another process runs while it is active, and ends with it. That instance gets a copy of all variables
 * that are visible here, or of the mapped ones alone; when it completes, its variables are what the output mappings see.
 */
export const callActivity: Element<CallActivity> = {
  compile(node, base, { problems }) {
    const called = extension(node, 'zeebe:CalledElement')
    if (countOf(node, 'zeebe:CalledElement') !== 1) {
      problems.add(base.id, "Must have exactly one 'zeebe:calledElement' extension element")
    }
    const at = `${base.id} > extensionElements > calledElement`
    if (called !== undefined) problems.attribute(at, 'processId', called.processId)
    return {
      ...base,
      kind: 'callActivity',
      processId: problems.expression(at, called ? called.processId : '-'),
      binding: compileBinding(called, at, problems),
      propagateAllChildVariables: called?.propagateAllChildVariables !== false,
      propagateAllParentVariables: called?.propagateAllParentVariables !== false,
    }
  },
  enter: applyInputs,
  activate(run, instance, element) {
    checkDepth(run, instance)
    const process = calledProcess(run, instance, element)
    subscribe(run, instance, element)
    activated(run, instance)
    callProcess(run, process, instance, variablesFor(run, instance, element))
  },
  complete(run, instance, element) {
    applyOutputs(run, instance, element, takeBrought(run, instance))
    unsubscribe(run, instance)
  },
}

/** Zeebe's default: so many processes call one another, the first included. */
const greatestDepth = 1000

function checkDepth(run: Run, instance: ElementInstance): void {
  let depth = 0
  for (let at: ElementInstance | undefined = instance; at !== undefined; at = callerOf(run, at)) depth += 1
  if (depth < greatestDepth) return
  throw new IncidentRaised(
    'CALLED_ELEMENT_ERROR',
    `The call activity has reached the maximum depth of ${greatestDepth}. This is likely due to a recursive call. Cancel the root process instance if this was unintentional. Otherwise, consider increasing the maximum depth, or use process instance modification to adjust the process instance.`,
    instance.key,
  )
}

function calledProcess(run: Run, instance: ElementInstance, { processId, binding }: CallActivity): DeployedProcessRow {
  const id = evaluateString(run, instance.key, processId)
  const process = findProcess(run, instance, id, binding)
  if (run.state.models.get(process.key)!.process.startEventId !== undefined) return process
  throw notCallable(
    instance,
    `Expected process with BPMN process id '${id}' to have a none start event, but not found.`,
  )
}

function findProcess(run: Run, instance: ElementInstance, id: string, binding: Binding): DeployedProcessRow {
  const { processes } = run.state
  const versions = processes.in('byId', id)
  switch (binding.type) {
    case 'latest': {
      const latest = versions.at(-1)
      if (latest !== undefined) return latest
      throw notCallable(instance, `Expected process with BPMN process id '${id}' to be deployed, but not found.`)
    }
    case 'deployment': {
      const { deploymentKey } = processes.get(instance.processDefinitionKey)!
      const beside = versions.find((version) => version.deploymentKey === deploymentKey)
      if (beside !== undefined) return beside
      throw notCallable(
        instance,
        `Expected to call process with BPMN process id '${id}' with binding type 'deployment', but no such process found in the deployment with key ${deploymentKey} which contained the current process. To resolve this incident, migrate the process instance to a process definition that is deployed together with the intended process definition to call.`,
      )
    }
    case 'versionTag': {
      const { versionTag } = binding
      const tagged = versions.findLast(({ key }) => run.state.models.get(key)!.versionTag === versionTag)
      if (tagged !== undefined) return tagged
      throw notCallable(
        instance,
        `Expected to call process with BPMN process id '${id}' and version tag '${versionTag}', but no such process found. To resolve this incident, deploy a process with the given process id and version tag.`,
      )
    }
  }
}

function notCallable({ key }: ElementInstance, message: string): IncidentRaised {
  return new IncidentRaised('CALLED_ELEMENT_ERROR', message, key)
}

function variablesFor(run: Run, { key }: ElementInstance, element: CallActivity) {
  if (element.propagateAllParentVariables) return visibleVariables(run.state, key)
  return element.inputs.length > 0 ? localVariables(run.state, key) : {}
}
