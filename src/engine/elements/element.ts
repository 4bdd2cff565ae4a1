import type { Compiling } from '../compile/compiling.ts'
import type { Node } from '../compile/moddle.ts'
import type { BaseElement, ElementModel } from '../compile/model.ts'
import type { Behaviour } from '../run.ts'

/**
 * A BPMN element: how it is read from a file, and what it does. `compile` adds its own to what every element has;
 * undefined, with a problem, for a variant that is not executed. It may give another kind of element: a message end event is done by a
 * job worker.
 */
export interface Element<Model extends ElementModel> extends Behaviour<Model> {
  compile(node: Node, base: BaseElement, compiling: Compiling): ElementModel | undefined
}
