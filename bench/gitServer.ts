/** What `serveGit` starts: says where it serves the repository of its argument, and how many pushes came whenever it is asked. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { type BackendPath, runHttpBackend } from '../src/git/commands/httpBackend.ts'

const repository = process.argv[2]!
let pushes = 0

const server = createServer((request, response) => {
  if (request.method === 'POST' && request.url!.endsWith('/git-receive-pack')) pushes++
  answer(request, response).catch((error) => response.destroy(error))
})
server.listen(0, '127.0.0.1', () => process.send!(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
process.on('message', () => process.send!(pushes))
process.on('disconnect', () => process.exit())

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
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
