/** The engine has one tenant, as a Zeebe whose multi-tenancy is off. */
export const defaultTenant = '<default>'
