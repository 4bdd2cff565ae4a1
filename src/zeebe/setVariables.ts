import { call } from './call.ts'
import type { Engine } from './connect.ts'

/** Sets variables on an element instance (a process instance is one too): in its own scope where `local`, else in the nearest scope that has them. */
export async function setVariables(
  engine: Engine,
  elementInstanceKey: string,
  variables: Readonly<Record<string, unknown>>,
  { local = false }: { readonly local?: boolean } = {},
): Promise<void> {
  await call(engine, 'setVariablesSync', { elementInstanceKey, variables: JSON.stringify(variables), local })
}
