import type { Compiling } from '../compile/compiling.ts'
import type { Node } from '../compile/moddle.ts'
import type { EventBasedGateway } from '../compile/model.ts'
import { checkSameEvents } from '../compile/sameEvents.ts'
import { activateEvent } from '../lifecycle/eventActivation.ts'
import { activated } from '../lifecycle/transitions.ts'
import { subscribe } from '../waiting/subscribe.ts'
import { unsubscribe } from '../waiting/unsubscribe.ts'
import type { Element } from './element.ts'

/** BPMN 2.0.2 §13.4.4: the first event that comes decides; its catch event is active at once, and no flow to it is taken. */
export const eventBasedGateway: Element<EventBasedGateway> = {
  compile(node, base, compiling) {
    checkEvents(node, base.id, compiling)
    return { ...base, kind: 'eventBasedGateway' }
  },
  activate(run, instance, element) {
    subscribe(run, instance, element)
    activated(run, instance)
  },
  complete(run, instance) {
    unsubscribe(run, instance)
  },
  goOn(run, instance) {
    activateEvent(run, instance, instance.triggers[0]!)
  },
}

function checkEvents(node: Node, id: string, { problems, siblings }: Compiling): void {
  const targets = (siblings.leaving.get(node) ?? []).flatMap(({ targetRef }) => targetRef ?? [])
  if (targets.length < 2) problems.add(id, 'Event-based gateway must have at least 2 outgoing sequence flows.')
  if (!targets.every(isAwaited)) {
    problems.add(
      id,
      'Event-based gateway must not have an outgoing sequence flow to other elements than message/timer/signal intermediate catch events.',
    )
  }
  const events = targets.filter(({ $type }) => $type === 'bpmn:IntermediateCatchEvent')
  checkSameEvents(
    id,
    events.flatMap(({ eventDefinitions = [] }) => eventDefinitions),
    problems,
  )
  const arriving = targets.flatMap((target) => siblings.arriving.get(target) ?? [])
  if (arriving.some(({ sourceRef }) => sourceRef !== node)) {
    problems.add(
      id,
      'Target elements of an event gateway must not have any additional incoming sequence flows other than that from the event gateway.',
    )
  }
}

function isAwaited({ $type, eventDefinitions = [] }: Node): boolean {
  const [definition, ...others] = eventDefinitions
  return $type === 'bpmn:IntermediateCatchEvent' && others.length === 0 && awaited.has(definition?.$type ?? '')
}

const awaited = new Set(['bpmn:MessageEventDefinition', 'bpmn:TimerEventDefinition', 'bpmn:SignalEventDefinition'])
