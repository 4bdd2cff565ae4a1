import type { ThrowDefinition } from '../compile/model.ts'
import { activated, queueCompletion } from '../lifecycle/transitions.ts'
import type { ThrowType } from './definition.ts'

/** Throws nothing: the token passes, or ends. */
export const noneThrow: ThrowType<Extract<ThrowDefinition, { type: 'none' }>> = {
  compile: () => ({ type: 'none' }),
  activate(run, instance) {
    activated(run, instance)
    queueCompletion(run, instance)
  },
}
