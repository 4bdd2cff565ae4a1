import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import { type BackendPath, runHttpBackend } from '../../src/git/commands/httpBackend.ts'

/** A plain bare repository, as any git server keeps one. */
export interface Remote {
  readonly folder: string
  /** Of its server, such as GITHUB_SERVER_URL names it. */
  readonly server: string
  git(...args: readonly string[]): Promise<string>
}

export interface RemoteOptions {
  readonly branch?: string
  /** Without any commit. */
  readonly empty?: boolean
}

/** A bare repository `acme/shop.git` in a folder, reached by file://. Neither partial clones nor fetches by id are allowed, as in a fresh `git init`. */
export async function makeRemote(
  t: TestContext,
  { branch = 'main', empty = false }: RemoteOptions = {},
): Promise<Remote> {
  const root = await mkdtemp(join(tmpdir(), 'commitbase-remote-'))
  t.after(() => rm(root, { recursive: true, force: true }))
  const folder = join(root, 'acme', 'shop.git')
  await mkdir(folder, { recursive: true })
  const git = (...args: readonly string[]) => runGit(folder, args)
  await git('init', '--quiet', '--bare', `--initial-branch=${branch}`)
  if (!empty) await firstCommit(git, branch)
  return { folder, server: `file://${root}`, git }
}

/** Lets who fetches leave out what it needs not, within the limits of GitHub. */
export async function allowFilters({ git }: Remote): Promise<void> {
  const settings = {
    'uploadpack.allowFilter': 'true',
    'uploadpack.allowAnySHA1InWant': 'true',
    'uploadpackfilter.tree.maxDepth': '0',
    'uploadpackfilter.combine.allow': 'false',
  }
  for (const [key, value] of Object.entries(settings)) await git('config', key, value)
}

/** The same behind smart HTTP, for who has the token; tells of each request. */
export async function serveRemote(
  t: TestContext,
  remote: Remote,
  token: string,
  told: (request: string) => void = () => {},
): Promise<string> {
  const wanted = `basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`
  await remote.git('config', 'http.receivepack', 'true')
  const server = createServer(async (request, response) => {
    if (request.headers.authorization?.replace(/^Basic/, 'basic') !== wanted) {
      return void response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end()
    }
    told(`${request.method} ${new URL(request.url!, 'http://localhost').pathname.split('.git/')[1]}`)
    try {
      const answer = await runHttpBackend(remote.folder, backendRequest(request), request, {})
      response.writeHead(answer.status, answer.headers.flat())
      answer.body.pipe(response)
    } catch {
      // Git answers nothing to a request that is cut off.
      response.destroy()
    }
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  t.after(() => new Promise((closed) => server.close(closed)))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function backendRequest(request: IncomingMessage) {
  const url = new URL(request.url!, 'http://localhost')
  return {
    path: url.pathname.replace(/^\/acme\/shop\.git\//, '') as BackendPath,
    method: request.method!,
    query: url.search.slice(1),
    contentType: request.headers['content-type'],
    contentEncoding: request.headers['content-encoding'],
    contentLength:
      request.headers['content-length'] === undefined ? undefined : Number(request.headers['content-length']),
    protocol: request.headers['git-protocol'] as string | undefined,
    user: 'runner',
  }
}

async function firstCommit(git: Remote['git'], branch: string): Promise<void> {
  const tree = (await git('hash-object', '-t', 'tree', '-w', '/dev/null')).trim()
  const commit = await git('-c', 'user.name=A', '-c', 'user.email=a@b', 'commit-tree', tree, '-m', 'First')
  await git('update-ref', `refs/heads/${branch}`, commit.trim())
}

async function runGit(folder: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('git', ['-C', folder, ...args], { maxBuffer: 64 * 1024 * 1024 })
  return stdout
}
