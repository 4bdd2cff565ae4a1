import type { FastifyInstance } from 'fastify'
import { activateJobs } from '../gateway/calls/activateJobs.ts'
import { completeJob } from '../gateway/calls/completeJob.ts'
import { failJob } from '../gateway/calls/failJob.ts'
import { resolveIncident } from '../gateway/calls/resolveIncident.ts'
import { throwError } from '../gateway/calls/throwError.ts'
import { updateJobRetries } from '../gateway/calls/updateJobRetries.ts'
import { updateJobTimeout } from '../gateway/calls/updateJobTimeout.ts'
import {
  bodyOf,
  checkedBodyOf,
  documentOf,
  integerOf,
  keyOf,
  objectsOf,
  referenceIn,
  requiredBodyOf,
  textOf,
  textsOf,
} from './body.ts'
import { type Context, callContextOf } from './context.ts'
import { invalid } from './problem.ts'

interface OfJob {
  Params: { jobKey: string }
}

/** What a worker asks, and who resolves its incidents. */
export function jobs(app: FastifyInstance, context: Context): void {
  app.post('/v2/jobs/activation', async ({ body, headers }, reply) => {
    const activated: object[] = []
    const keyName = keyNameFor(headers['user-agent'])
    await activateJobs(activationOf(body), callContextOf(context, reply), async ({ jobs }) => {
      activated.push(...jobs.map((job) => activatedJob(job, keyName)))
      return !reply.raw.destroyed
    })
    return { jobs: activated }
  })
  app.post<OfJob>('/v2/jobs/:jobKey/completion', async ({ params, body }, reply) => {
    const variables = documentOf(checkedBodyOf(body).variables)
    await completeJob({ jobKey: keyIn(params), variables }, callContextOf(context, reply))
    return reply.code(204).send()
  })
  app.post<OfJob>('/v2/jobs/:jobKey/failure', async ({ params, body }, reply) => {
    await failJob({ jobKey: keyIn(params), ...failureOf(body) }, callContextOf(context, reply))
    return reply.code(204).send()
  })
  app.post<OfJob>('/v2/jobs/:jobKey/error', async ({ params, body }, reply) => {
    await throwError({ jobKey: keyIn(params), ...errorOf(body) }, callContextOf(context, reply))
    return reply.code(204).send()
  })
  app.patch<OfJob>('/v2/jobs/:jobKey', async ({ params, body }, reply) => {
    const jobKey = keyIn(params)
    const { retries, timeout, ...reference } = updateOf(body)
    const call = callContextOf(context, reply)
    if (retries !== undefined) await updateJobRetries({ jobKey, retries, ...reference }, call)
    if (timeout !== undefined) await updateJobTimeout({ jobKey, timeout, ...reference }, call)
    return reply.code(204).send()
  })
  app.post<{ Params: { incidentKey: string } }>(
    '/v2/incidents/:incidentKey/resolution',
    async ({ params, body }, reply) => {
      const incidentKey = keyOf(params.incidentKey, 'incidentKey')
      const reference = referenceIn(bodyOf(body) ?? {})
      await resolveIncident({ incidentKey, ...reference }, callContextOf(context, reply))
      return reply.code(204).send()
    },
  )
}

function keyIn({ jobKey }: OfJob['Params']): number {
  return keyOf(jobKey, 'jobKey')
}

function activationOf(sent: unknown): Parameters<typeof activateJobs>[0] {
  const body = requiredBodyOf(sent)
  const type = textOf(body.type) ?? ''
  const timeout = integerOf(body.timeout)
  const maxJobsToActivate = integerOf(body.maxJobsToActivate)
  const violations = [
    ...(type.trim() === '' ? ['No type provided'] : []),
    ...positiveViolations('timeout', timeout),
    ...positiveViolations('maxJobsToActivate', maxJobsToActivate),
  ]
  if (violations.length > 0) throw invalid(...violations)
  return {
    type,
    timeout: timeout!,
    maxJobsToActivate: maxJobsToActivate!,
    worker: textOf(body.worker) ?? '',
    fetchVariable: [...(textsOf(body.fetchVariable) ?? [])],
    requestTimeout: integerOf(body.requestTimeout) ?? 0,
    tenantIds: [...(textsOf(body.tenantIds) ?? [])],
  }
}

function positiveViolations(name: string, value: number | undefined): string[] {
  if (value === undefined) return [`No ${name} provided`]
  return value > 0 ? [] : [`The value for ${name} is '${value}' but must be greater than 0`]
}

type JobReply = Parameters<Parameters<typeof activateJobs>[2]>[0]['jobs'][number]

/** Zeebe 8.6.1 renamed it, and the Java client of 8.6.0 knows the old name alone (camunda/camunda#23101). */
function keyNameFor(userAgent = ''): string {
  return /^zeebe-client-java\/8\.6\.0\b/.test(userAgent) ? 'key' : 'jobKey'
}

function activatedJob({ key, bpmnProcessId, customHeaders, variables, ...job }: JobReply, keyName: string): object {
  return {
    ...job,
    [keyName]: key,
    processDefinitionId: bpmnProcessId,
    customHeaders: JSON.parse(customHeaders),
    variables: JSON.parse(variables),
  }
}

function failureOf(sent: unknown) {
  const body = checkedBodyOf(sent)
  return {
    retries: integerOf(body.retries) ?? 0,
    errorMessage: textOf(body.errorMessage) ?? '',
    retryBackOff: integerOf(body.retryBackOff) ?? 0,
    variables: documentOf(body.variables),
  }
}

function errorOf(sent: unknown) {
  const body = checkedBodyOf(sent)
  const errorCode = textOf(body.errorCode) ?? ''
  if (errorCode.trim() === '') throw invalid('No errorCode provided')
  return { errorCode, errorMessage: textOf(body.errorMessage) ?? '', variables: documentOf(body.variables) }
}

function updateOf(sent: unknown) {
  const body = requiredBodyOf(sent)
  const [changes = {}] = objectsOf(body.changeset === undefined ? undefined : [body.changeset])
  const retries = integerOf(changes.retries)
  const timeout = integerOf(changes.timeout)
  if (retries === undefined && timeout === undefined) throw invalid('At least one of [retries, timeout] is required')
  return { retries, timeout, ...referenceIn(body) }
}
