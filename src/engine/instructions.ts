import type { Key, Variables } from './key.ts'

/** An element that is put into a running instance. `ancestorElementInstanceKey`: the scope instance around the element, where there are several. An empty `scopeId` is the process instance's. */
export interface ActivateInstruction {
  elementId: string
  ancestorElementInstanceKey?: Key
  variableInstructions: readonly { scopeId: string; variables: Variables }[]
}

/** What an element becomes in another process definition. */
export interface MappingInstruction {
  sourceElementId: string
  targetElementId: string
}
