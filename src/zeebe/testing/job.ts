import type { Job } from '../job.ts'

/** A job with what a test says, and something for the rest. */
export function jobWith(parts: Partial<Job>): Job {
  return {
    key: '2251799813685260',
    type: 'http',
    processInstanceKey: '2251799813685250',
    bpmnProcessId: 'process',
    processDefinitionVersion: 1,
    processDefinitionKey: '2251799813685249',
    elementId: 'task',
    elementInstanceKey: '2251799813685255',
    customHeaders: {},
    worker: 'test',
    retries: 3,
    deadline: 0,
    variables: {},
    ...parts,
  }
}

/** The same, as the gateway sends it. */
export function wireJob(parts: Partial<Job>): Record<string, unknown> {
  const job = jobWith(parts)
  return { ...job, customHeaders: JSON.stringify(job.customHeaders), variables: JSON.stringify(job.variables) }
}
