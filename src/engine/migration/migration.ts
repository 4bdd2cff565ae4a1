import type { ProcessModel } from '../compile/model.ts'
import { Rejected } from '../run.ts'
import type { DeployedProcessRow, ElementInstance } from '../state/rows.ts'

/** A process instance on its way to another definition. `mapping`: the new element by the old one, the process itself included. */
export interface Migration {
  readonly root: ElementInstance
  readonly source: ProcessModel
  readonly target: ProcessModel
  readonly definition: DeployedProcessRow
  readonly mapping: ReadonlyMap<string, string>
}

/** In the real engine's words, all of which begin alike. */
export function refusedAsItIs({ key }: Pick<ElementInstance, 'key'>, why: string): Rejected {
  const reason = `Expected to migrate process instance '${key}' but ${why}`
  return new Rejected('FAILED_PRECONDITION', 'MIGRATE', reason, 'INVALID_STATE')
}

export function refusedAsAsked({ key }: Pick<ElementInstance, 'key'>, why: string): Rejected {
  return new Rejected('INVALID_ARGUMENT', 'MIGRATE', `Expected to migrate process instance '${key}' but ${why}`)
}
