import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { type BackendPath, runHttpBackend } from '../src/git/httpBackend.ts'

export interface GitServer {
  readonly address: string
  /** How many requests have brought a push so far, refused ones too. */
  pushes(): number
  stop(): void
}

/** Serves `<root>/octo/shop.git` over smart HTTP on 127.0.0.1, as GitHub does, for whoever asks. */
export async function serveGit(repository: string): Promise<GitServer> {
  let pushes = 0
  const server = createServer((request, response) => {
    if (request.method === 'POST' && request.url!.endsWith('/git-receive-pack')) pushes++
    answer(repository, request, response).catch((error) => response.destroy(error))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stop = () => {
    server.closeAllConnections()
    server.close()
  }
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, pushes: () => pushes, stop }
}

async function answer(repository: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, search } = new URL(request.url!, 'http://localhost')
  const path = /^\/octo\/shop(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(pathname)?.[1]
  if (!path) return void response.writeHead(404).end()
  const { headers } = request
  const length = headers['content-length']
  const asked = {
    path: path as BackendPath,
    method: request.method!,
    query: search.slice(1),
    contentType: headers['content-type'],
    contentEncoding: headers['content-encoding'],
    contentLength: length === undefined ? undefined : Number(length),
    protocol: headers['git-protocol']?.toString(),
    user: 'bench',
  }
  const options = { environment: process.env, config: { 'http.receivepack': 'true', 'safe.directory': '*' } }
  const answered = await runHttpBackend(repository, asked, request, options)
  response.writeHead(answered.status, Object.fromEntries(answered.headers))
  await pipeline(answered.body, response)
}
