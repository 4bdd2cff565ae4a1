import type { FastifyInstance } from 'fastify'
import { codeOf, messageOf } from '../../errors.ts'
import { isUnforeseen } from '../gateway/status.ts'
import { createHttp, type HttpServer, listen } from '../httpServer.ts'
import type { TlsOptions } from '../security/certificate.ts'
import type { Guard } from '../security/guard.ts'
import { tellKeysAsAsked } from './answerKeys.ts'
import { largestRequest, readBody } from './body.ts'
import type { Context } from './context.ts'
import { decisions } from './decisions.ts'
import { deployments } from './deployments.ts'
import { incidents } from './incidents.ts'
import { jobs } from './jobs.ts'
import { license } from './license.ts'
import { messages } from './messages.ts'
import { Problem, problemOf } from './problem.ts'
import { processInstances } from './processInstances.ts'
import { topology } from './topology.ts'
import { userTasks } from './userTasks.ts'

export interface RestOptions {
  /** Default 127.0.0.1: without a guard nobody is asked for credentials. */
  readonly host?: string
  /** Default 8080, as Zeebe's; 0: any free port. */
  readonly port?: number
  /** Plain HTTP without. */
  readonly tls?: TlsOptions
  /** Who may call; without, everybody. */
  readonly guard?: Guard
}

const door = { name: "the engine's REST API", option: '--rest-port' }

const routes = [topology, license, deployments, processInstances, jobs, incidents, messages, decisions, userTasks]

/** Serves the commands of Zeebe 8.6's REST API. Throws `unavailable` where the port is taken. */
export async function startRest(
  { host = '127.0.0.1', port = 8080, tls, guard }: RestOptions,
  context: Context,
  onFault: (error: unknown) => void,
): Promise<HttpServer> {
  const app = await createHttp({ host, port, tls }, door)
  tellProblems(app, onFault)
  tellKeysAsAsked(app)
  if (guard) app.addHook('onRequest', ({ headers }) => admit(guard, headers.authorization))
  app.removeAllContentTypeParsers()
  const asText = { parseAs: 'string', bodyLimit: largestRequest } as const
  app.addContentTypeParser('application/json', asText, async (_request: unknown, text: string) => readBody(text))
  for (const route of routes) route(app, context)
  return listen(app, { host, port, tls }, door)
}

async function admit(guard: Guard, authorization: string | undefined): Promise<void> {
  try {
    await guard(authorization)
  } catch (error) {
    throw codeOf(error) === 'unauthorized' ? new Problem(401, 'Unauthorized', messageOf(error)) : error
  }
}

function tellProblems(app: FastifyInstance, onFault: (error: unknown) => void): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(unsupported(error, request.headers['content-type']))
    if (problem.status === 500 && isUnforeseen(error)) onFault(error)
    return reply
      .code(problem.status)
      .type('application/problem+json')
      .send(problem.toBody(pathOf(request.url)))
  })
  app.setNotFoundHandler((request, reply) => {
    const problem = new Problem(404, 'Not Found', `No endpoint ${request.method} ${pathOf(request.url)}.`)
    return reply
      .code(404)
      .type('application/problem+json')
      .send(problem.toBody(pathOf(request.url)))
  })
}

function unsupported(error: unknown, contentType: string | undefined): unknown {
  if ((error as { statusCode?: number }).statusCode !== 415) return error
  return new Problem(415, 'Unsupported Media Type', `Content-Type '${contentType ?? ''}' is not supported.`)
}

function pathOf(url: string): string {
  return url.split('?')[0]!
}
