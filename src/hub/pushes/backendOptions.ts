import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Environment, GitOptions } from '../../git/commands/git.ts'
import type { PushRules } from './judgePush.ts'

export interface BackendRules extends PushRules {
  readonly environment: Environment
  /** Bytes of a push. */
  readonly pushLimit: number
}

/**
 * How git runs behind the hub's doors: it judges pushes by our hook alone, checks every object that comes in, keeps pushes as
 * packs, and serves filtered fetches. A person's own settings and hooks do not change that.
 */
export function backendOptions({ environment, branch, basedir, pushLimit }: BackendRules): GitOptions {
  return {
    environment,
    config: {
      'core.hooksPath': join(import.meta.dirname, 'hooks'),
      'http.getanyfile': 'false',
      'http.receivepack': 'true',
      'http.uploadpack': 'true',
      'receive.autogc': 'false',
      // A worktree beside the repository does not keep the branch from moving on.
      'receive.denyCurrentBranch': 'ignore',
      'receive.fsckObjects': 'true',
      'receive.maxInputSize': String(pushLimit),
      'receive.unpackLimit': '1',
      // A folder of another user, as a volume may be: whoever started the hub has chosen it, and all else in it is read anyway. Its
      // name would not do: `git http-backend` starts `upload-pack .`, and git 2.39 compares the dot. Git before 2.38 takes none of it.
      'safe.directory': '*',
      // The last one that speaks of a ref holds: nothing is hidden, whatever somebody's own settings hide.
      'transfer.hideRefs': '!refs',
      'uploadpack.allowAnySHA1InWant': 'true',
      'uploadpack.allowFilter': 'true',
    },
    variables: {
      COMMITBASE_NODE: process.execPath,
      COMMITBASE_RECEIVE_HOOK: fileURLToPath(import.meta.resolve('./receiveHook.ts')),
      COMMITBASE_BRANCH: branch,
      COMMITBASE_BASEDIR: basedir,
      GIT_NO_REPLACE_OBJECTS: '1',
    },
  }
}
