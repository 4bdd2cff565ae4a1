import { BranchHistory } from '../../git/branchHistory.ts'
import { fileChanges } from '../../git/fileChanges.ts'
import type { Environment } from '../../git/git.ts'
import type { LocalRepository } from '../../git/local.ts'
import type { Oid } from '../../git/object.ts'
import { parseBasedir } from '../names.ts'
import { recordsOf } from '../recordChanges.ts'
import type { ChangesOf } from './versionHistory.ts'

/** The records that commits changed, as git's log of a local repository tells them: a commit behind its parents. */
export function recordsInLog(repository: LocalRepository, basedir: string, environment: Environment): ChangesOf {
  const path = parseBasedir(basedir)
  const read = (oids: readonly Oid[]) => repository.read(oids)
  return async function* (since, tip) {
    // Git sees what is sealed.
    await repository.seal()
    const history = new BranchHistory({ tip: () => tip, landed: () => tip, history: repository.history, read })
    for await (const entry of fileChanges({ folder: repository.folder, since, tip, path }, { environment })) {
      yield { commit: entry.commit, changes: await recordsOf(entry, history, path) }
    }
  }
}
