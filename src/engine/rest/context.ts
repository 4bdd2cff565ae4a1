import type { Runtime } from '../runtime/runtime.ts'

/** What the REST API asks, and where the gateway of the same engine listens. */
export interface Context {
  readonly runtime: Runtime
  readonly gateway: { readonly host: string; readonly port: number }
}
