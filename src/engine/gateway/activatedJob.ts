import type { ActivatedJob } from '../command.ts'
import { defaultTenant } from '../tenant.ts'

export type ActivatedJobReply = Omit<ActivatedJob, 'customHeaders' | 'variables'> & {
  customHeaders: string
  variables: string
  tenantId: string
}

/** A job as a worker gets it: headers and variables as JSON text. */
export function jobReply(job: ActivatedJob): ActivatedJobReply {
  return {
    ...job,
    customHeaders: JSON.stringify(job.customHeaders),
    variables: JSON.stringify(job.variables),
    tenantId: defaultTenant,
  }
}
