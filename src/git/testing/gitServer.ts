import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import type { TestContext } from 'node:test'
import { type BackendPath, runHttpBackend } from '../commands/httpBackend.ts'

export interface GitServer {
  /** The address of the repository. */
  readonly url: string
  /** What was asked for so far: method and path. */
  readonly requests: readonly string[]
}

export interface GitServerOptions {
  /** Whoever gives it as the password is served; without one everybody. */
  readonly token?: string
  /** Called when a push is done and before it is answered: an error cuts the line instead. */
  readonly beforePushIsAnswered?: () => Promise<void> | void
  /** Speaks git's protocol as it was before version 2. */
  readonly isOld?: boolean
  /** An HTTP status that it answers with instead, once for each. */
  readonly failures?: number[]
}

/** Serves one repository folder over smart HTTP until the test ends. */
export async function serveGit(t: TestContext, folder: string, options: GitServerOptions = {}): Promise<GitServer> {
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    const failure = options.failures?.shift()
    if (failure !== undefined) return void response.writeHead(failure).end()
    answer(folder, options, request, response).catch((error) => response.destroy(error))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => stop(server))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/repository.git`, requests }
}

async function answer(
  folder: string,
  { token, beforePushIsAnswered, isOld }: GitServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, search } = new URL(request.url!, 'http://localhost')
  const path = /^\/repository\.git\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(pathname)?.[1]
  if (!path) return void response.writeHead(404).end('Not Found')
  if (token !== undefined && request.headers.authorization !== `Basic ${btoa(`x-access-token:${token}`)}`) {
    return void response.writeHead(401, { 'www-authenticate': 'Basic realm="test"' }).end('Bad credentials')
  }
  const { 'content-type': contentType, 'content-encoding': contentEncoding, 'content-length': length } = request.headers
  const given = { contentType, contentEncoding, contentLength: length === undefined ? undefined : Number(length) }
  const asked = { path: path as BackendPath, method: request.method!, query: search.slice(1), user: 'test', ...given }
  const protocol = isOld ? undefined : request.headers['git-protocol']?.toString()
  const settings = { config: { 'http.receivepack': 'true' } }
  const answered = await runHttpBackend(folder, { ...asked, protocol }, request, settings)
  if (path === 'git-receive-pack' && beforePushIsAnswered) {
    const body = await buffer(answered.body)
    await answered.ended
    await beforePushIsAnswered()
    return void response.writeHead(answered.status, Object.fromEntries(answered.headers)).end(body)
  }
  response.writeHead(answered.status, Object.fromEntries(answered.headers))
  await pipeline(answered.body, response)
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}
