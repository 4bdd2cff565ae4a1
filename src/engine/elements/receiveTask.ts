import type { ReceiveTask } from '../compile/model.ts'
import { compileMessage } from '../definitions/message.ts'
import { activated } from '../lifecycle/transitions.ts'
import { takeBrought } from '../lifecycle/triggering.ts'
import { applyInputs, applyOutputs } from '../variables/mappings.ts'
import { subscribe } from '../waiting/subscribe.ts'
import { unsubscribe } from '../waiting/unsubscribe.ts'
import type { Element } from './element.ts'

/** BPMN 2.0.2 §13.3.3: waits for its message. */
export const receiveTask: Element<ReceiveTask> = {
  compile: (node, base, { problems }) => ({
    ...base,
    kind: 'receiveTask',
    event: compileMessage(base.id, node.messageRef, problems),
  }),
  enter: applyInputs,
  activate(run, instance, element) {
    subscribe(run, instance, element)
    activated(run, instance)
  },
  complete(run, instance, element) {
    applyOutputs(run, instance, element, takeBrought(run, instance))
    unsubscribe(run, instance)
  },
}
