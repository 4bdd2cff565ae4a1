import type { Expression } from '../../feel/expression.ts'
import type { SignalDefinition, ThrowDefinition } from '../compile/model.ts'
import type { Problems } from '../compile/problems.ts'
import { activated, queueCompletion } from '../lifecycle/transitions.ts'
import { emit, nextKey, queue, type Run } from '../run.ts'
import type { ElementInstance } from '../state/rows.ts'
import { evaluateString } from '../variables/expressions.ts'
import { applyInputs } from '../variables/mappings.ts'
import { localVariables } from '../variables/variables.ts'
import { checkConstantName } from './constantName.ts'
import { type Catcher, type CatchType, type DefinedEvent, placeIn, type ThrowType } from './definition.ts'

/** BPMN 2.0.2 §10.5.5.14: whoever waits for it when it is told takes it on; nobody else ever will. The name is fixed when the element is entered. */
export const signalCatch: CatchType<SignalDefinition> = {
  compile(event, { problems }) {
    const name = signalName(event, problems)
    const text = event.definition.signalRef?.name
    if (event.place === 'start' && text)
      checkConstantName(event.node.id ?? '', { what: 'signal', text, name }, problems)
    return { type: 'signal', name }
  },
  watch(run, host, catcher, definition) {
    const name = evaluateString(run, host.key, definition.name)
    return () => open(run, host, catcher, name)
  },
}

/** It is told with the variables that its input mappings made, and the token goes on at once. */
export const signalThrow: ThrowType<Extract<ThrowDefinition, { type: 'signal' }>> = {
  compile: (event, { problems }) => ({ type: 'signal', name: signalName(event, problems) }),
  enter: applyInputs,
  activate(run, instance, _element, definition) {
    const signalName = evaluateString(run, instance.key, definition.name)
    queue(run, { type: 'broadcast', key: nextKey(run), signalName, variables: localVariables(run.state, instance.key) })
    activated(run, instance)
    queueCompletion(run, instance)
  },
}

function signalName(event: DefinedEvent, problems: Problems): Expression {
  const signal = event.definition.signalRef
  const at = signal?.id ?? placeIn(event)
  if (signal === undefined) problems.add(at, 'Must reference a signal')
  else if (!signal.name) problems.add(at, 'Name must be present and not empty')
  return problems.expression(at, signal?.name || '-')
}

function open(run: Run, host: ElementInstance, { elementId: catchEventId }: Catcher, signalName: string): void {
  const key = nextKey(run)
  const { processInstanceKey, processDefinitionKey, bpmnProcessId, key: catchEventInstanceKey } = host
  const of = { processInstanceKey, processDefinitionKey, bpmnProcessId, catchEventInstanceKey }
  emit(run, { type: 'SIGNAL_SUBSCRIPTION_CREATED', key, subscription: { key, ...of, catchEventId, signalName } })
}
