import { defaultTenant } from '../tenant.ts'
import { Status } from './status.ts'

/** Refuses a request for another tenant, in the real gateway's words; a blank one is none. `call`: the call's name. */
export function checkTenant(call: string, ...tenantIds: readonly string[]): void {
  const other = tenantIds.find((id) => id.trim() !== '' && id !== defaultTenant)
  if (other === undefined) return
  const message = `Expected to handle gRPC request ${call} with tenant identifier '${other}', but multi-tenancy is disabled`
  throw new Status('INVALID_ARGUMENT', message)
}
