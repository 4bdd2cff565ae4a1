import type { getOctokit } from '@actions/github'
import { CommitbaseError, messageOf } from '../src/errors.ts'

export type Octokit = ReturnType<typeof getOctokit>

/**
 * GitHub's interface with the step's token; the runner's environment says where it is. Loaded when somebody asks: it is large,
 * and it parses the event's file at once, which throws where that is no JSON.
 */
export async function openOctokit(token: string): Promise<Octokit> {
  try {
    const github = await import('@actions/github')
    return github.getOctokit(token || 'none')
  } catch (error) {
    throw new CommitbaseError('invalid', `the run's event file cannot be read: ${messageOf(error)}`, { cause: error })
  }
}
