import { call } from './call.ts'
import type { Engine } from './connect.ts'

/** Asks the engine who it is: its gateway's version, such as `8.6.0`. Throws `unavailable` where nobody answers. */
export async function topology(engine: Engine): Promise<{ readonly gatewayVersion: string }> {
  const response = await call(engine, 'topologySync', {}, 10_000)
  return { gatewayVersion: String(response.gatewayVersion ?? '') }
}
