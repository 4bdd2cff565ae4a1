import type { FastifyInstance } from 'fastify'

export interface RepositoryOptions {
  /** `owner/name`. */
  readonly repository: string
  /** The served branch, such as `main`. */
  readonly branch: string
  /** `http://127.0.0.1:8080`, once the hub listens. */
  readonly address: () => string
}

/** `GET /repos/{owner}/{repo}`: of GitHub's `full-repository` what a client needs to find branch and clone address. */
export function repositoryRoute(server: FastifyInstance, { repository, branch, address }: RepositoryOptions): void {
  const [owner, name] = repository.split('/') as [string, string]
  server.get('/repos/:owner/:repo', { config: { scope: 'read' } }, async () => ({
    name,
    full_name: repository,
    private: true,
    owner: { login: owner },
    default_branch: branch,
    url: `${address()}/repos/${repository}`,
    html_url: `${address()}/${repository}`,
    clone_url: `${address()}/${repository}.git`,
  }))
}
