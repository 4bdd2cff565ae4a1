import { CommitbaseError } from '../src/errors.ts'

/** The run that this step belongs to, as GitHub tells it to the process. */
export interface Run {
  /** `owner/name`. */
  readonly repository: string
  /** Where git finds it. */
  readonly url: string
  /** The same for every attempt; empty outside a run. */
  readonly runId: string
  readonly job: string
  readonly step: string
  readonly eventName: string
  readonly eventPath: string
  readonly workspace: string
}

/** Reads the run from the environment (GitHub's documentation, "Default environment variables"). Throws `invalid` where it is not a runner's. */
export function readRun(env: Readonly<Record<string, string | undefined>>): Run {
  const repository = env.GITHUB_REPOSITORY ?? ''
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) {
    throw new CommitbaseError(
      'invalid',
      `GITHUB_REPOSITORY must be 'owner/name', as a GitHub runner sets it; got '${repository}'`,
    )
  }
  const server = (env.GITHUB_SERVER_URL || 'https://github.com').replace(/\/+$/, '')
  return {
    repository,
    url: `${server}/${repository}.git`,
    runId: env.GITHUB_RUN_ID ?? '',
    job: env.GITHUB_JOB ?? '',
    step: env.GITHUB_ACTION ?? '',
    eventName: env.GITHUB_EVENT_NAME ?? '',
    eventPath: env.GITHUB_EVENT_PATH ?? '',
    workspace: env.GITHUB_WORKSPACE ?? '',
  }
}
