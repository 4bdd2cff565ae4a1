import type { FastifyInstance } from 'fastify'
import { readJson } from '../../readJson.ts'
import { activateJobs } from '../gateway/calls/activateJobs.ts'
import { completeJob } from '../gateway/calls/completeJob.ts'
import { failJob } from '../gateway/calls/failJob.ts'
import { throwError } from '../gateway/calls/throwError.ts'
import { referenceOf } from '../gateway/operationReference.ts'
import {
  type Body,
  intOf,
  longOf,
  objectOf,
  referenceIn,
  required,
  requiredText,
  type Sent,
  textOf,
  textsOf,
  variablesOf,
} from './body.ts'
import { type Context, callContextOf } from './context.ts'
import { keyIn } from './keys.ts'
import { invalid } from './problem.ts'

interface OfJob extends Sent {
  Params: { jobKey: string }
}

/** What a worker asks. */
export function jobs(app: FastifyInstance, context: Context): void {
  app.post<Sent>('/v2/jobs/activation', async ({ body, headers }, reply) => {
    const activated: object[] = []
    const keyName = keyNameFor(headers['user-agent'])
    await activateJobs(activationOf(required(body)), callContextOf(context, reply), async ({ jobs }) => {
      activated.push(...jobs.map((job) => activatedJob(job, keyName)))
      return !reply.raw.destroyed
    })
    return { jobs: activated }
  })
  app.post<OfJob>('/v2/jobs/:jobKey/completion', async ({ params, body }, reply) => {
    const variables = variablesOf(body?.variables)
    await completeJob({ jobKey: keyIn(params, 'jobKey'), variables }, callContextOf(context, reply))
    return reply.code(204).send()
  })
  app.post<OfJob>('/v2/jobs/:jobKey/failure', async ({ params, body }, reply) => {
    await failJob({ jobKey: keyIn(params, 'jobKey'), ...failureOf(body) }, callContextOf(context, reply))
    return reply.code(204).send()
  })
  app.post<OfJob>('/v2/jobs/:jobKey/error', async ({ params, body }, reply) => {
    await throwError({ jobKey: keyIn(params, 'jobKey'), ...errorOf(body) }, callContextOf(context, reply))
    return reply.code(204).send()
  })
  app.patch<OfJob>('/v2/jobs/:jobKey', async ({ params, body }, reply) => {
    await context.runtime.execute({ type: 'UpdateJob', jobKey: keyIn(params, 'jobKey'), ...updateOf(required(body)) })
    return reply.code(204).send()
  })
}

function activationOf(body: Body): Parameters<typeof activateJobs>[0] {
  const type = textOf(body.type) ?? ''
  const timeout = longOf(body.timeout)
  const maxJobsToActivate = intOf(body.maxJobsToActivate)
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
    requestTimeout: longOf(body.requestTimeout) ?? 0,
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
    customHeaders: readJson(customHeaders),
    variables: readJson(variables),
  }
}

function failureOf(body: Body = {}) {
  return {
    retries: intOf(body.retries) ?? 0,
    errorMessage: textOf(body.errorMessage) ?? '',
    retryBackOff: longOf(body.retryBackOff) ?? 0,
    variables: variablesOf(body.variables),
  }
}

function errorOf(body: Body = {}) {
  const errorCode = requiredText(body, 'errorCode')
  return { errorCode, errorMessage: textOf(body.errorMessage) ?? '', variables: variablesOf(body.variables) }
}

function updateOf(body: Body) {
  const changes = objectOf(body.changeset) ?? {}
  const retries = intOf(changes.retries)
  const timeout = longOf(changes.timeout)
  if (retries === undefined && timeout === undefined) throw invalid('At least one of [retries, timeout] is required')
  return {
    ...(retries !== undefined && { retries }),
    ...(timeout !== undefined && { timeout }),
    ...referenceOf(referenceIn(body)),
  }
}
