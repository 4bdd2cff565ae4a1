import { Status } from './status.ts'

/** Every reply's tenant: the engine has one, as a Zeebe whose multi-tenancy is off. */
export const defaultTenant = '<default>'

/** Refuses a request for another tenant, in the real gateway's words. `call`: the call's name. */
export function checkTenant(call: string, ...tenantIds: readonly string[]): void {
  const other = tenantIds.find((id) => id !== '' && id !== defaultTenant)
  if (other === undefined) return
  const message = `Expected to handle gRPC request ${call} with tenant identifier '${other}', but multi-tenancy is disabled`
  throw new Status('INVALID_ARGUMENT', message)
}
