import type { Environment } from '../../git/commands/git.ts'
import { BranchHistory } from '../../git/history/branchHistory.ts'
import { fileChanges } from '../../git/history/fileChanges.ts'
import type { LocalRepository } from '../../git/local/local.ts'
import type { Oid } from '../../git/objects/object.ts'
import { parseBasedir } from '../tables/names.ts'
import { recordChanges } from '../tables/recordChanges.ts'
import { CommitChanges, type CommitVersion, type CommitVersions } from './commitVersions.ts'
import { MergeDecisions } from './mergeDecisions.ts'
import type { ChangesOf } from './versionHistory.ts'

/** The versions of records that commits made, as git's log of a local repository tells them: a commit behind its parents. */
export function recordsInLog(repository: LocalRepository, basedir: string, environment: Environment): ChangesOf {
  const path = parseBasedir(basedir)
  const read = (oids: readonly Oid[]) => repository.read(oids)
  return async function* (since, tip, versionsOf) {
    // Git sees what is sealed.
    await repository.seal()
    const history = new BranchHistory({ tip: () => tip, landed: () => tip, history: repository.history, read })
    const merges = new MergeDecisions(history, path, versionsOf)
    const rest = new CommitChanges()
    for await (const part of fileChanges({ folder: repository.folder, since, tip, path }, { environment })) {
      const { commit, parents, goesOn } = part
      if (parents.length > 1) {
        yield* inParts(commit, await merges.of(part))
        continue
      }
      const changes = await recordChanges(part.changes, path)
      merges.note(commit, changes, goesOn)
      yield { commit, versions: rest.take(changes), goesOn: true }
      if (!goesOn) yield* inParts(commit, rest.rest())
    }
  }
}

function* inParts(commit: Oid, versions: Iterable<CommitVersion>): Generator<CommitVersions> {
  let some: CommitVersion[] = []
  for (const version of versions) {
    if (some.length === together) {
      yield { commit, versions: some, goesOn: true }
      some = []
    }
    some.push(version)
  }
  yield { commit, versions: some, goesOn: false }
}

/** Some milliseconds. */
const together = 1_000
