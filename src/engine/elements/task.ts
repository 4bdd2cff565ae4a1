import type { Task } from '../compile/model.ts'
import { activated, queueCompletion } from '../lifecycle/transitions.ts'
import { subscribe } from '../waiting/subscribe.ts'
import { unsubscribe } from '../waiting/unsubscribe.ts'
import type { Element } from './element.ts'

/** An undefined or manual task: nobody has to do anything. Zeebe 8.6.0 leaves its mappings alone. */
export const task: Element<Task> = {
  compile: (_node, base) => ({ ...base, kind: 'task' }),
  activate(run, instance, element) {
    subscribe(run, instance, element)
    activated(run, instance)
    queueCompletion(run, instance)
  },
  complete(run, instance) {
    unsubscribe(run, instance)
  },
}
