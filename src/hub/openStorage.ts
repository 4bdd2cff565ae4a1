import { mkdir, rm } from 'node:fs/promises'
import { RecordIndex } from '../database/index/recordIndex.ts'
import { recordsInLog } from '../database/index/recordsInLog.ts'
import { foldReceipts } from '../database/receipts/foldReceipts.ts'
import { receiptsRef } from '../database/receipts/receipt.ts'
import { engineRef } from '../engine/storage/gitStore.ts'
import type { Environment } from '../git/commands/git.ts'
import { type Journal, openJournal } from '../git/disk/journal.ts'
import { type LocalRepository, openLocal } from '../git/local/local.ts'
import { type Ownership, takeOwnership } from '../git/local/owner.ts'
import { commitbase } from '../git/objects/ownCommits.ts'
import type { Workspace } from '../git/workspace.ts'
import { Writer } from '../git/writer.ts'
import { adoptTokens } from './access/adoptTokens.ts'
import { AuditLog } from './access/audit.ts'
import { TokenStore } from './access/tokenStore.ts'
import { type Closing, closeAll } from './closeAll.ts'
import { type Layout, layOut } from './layout.ts'
import { tellProgress } from './tellProgress.ts'

export interface StorageOptions {
  readonly folder: string
  /** `owner/name`. */
  readonly repository: string
  /** The branch of a new repository. */
  readonly branch?: string
  /** The folder of the database in the repository. */
  readonly basedir: string
  readonly environment: Environment
  readonly clock: () => number
  readonly log: (message: string) => void
  /** Told of what failed in the background. */
  readonly onTrouble: (error: unknown) => void
}

/** All that a hub keeps on disk, opened, and owned by this process. */
export interface Storage {
  readonly layout: Layout
  readonly ownership: Ownership
  readonly tokens: TokenStore
  readonly audit: AuditLog
  readonly repository: LocalRepository
  /** The ref of the served branch. */
  readonly branch: string
  readonly writer: Writer
  readonly journal: Journal
  /** The indexes of the served branch. */
  readonly index: RecordIndex
  /** Finishes what the writer was given, and lets go of all. */
  close(): Promise<void>
}

/** Opens a hub's folder, and makes what is missing. Throws `conflict` where another process owns it. */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const { folder, branch, environment, clock, log, onTrouble } = options
  const layout = await layOut(folder)
  const ownership = await takeOwnership(layout.git)
  const opened: Closing[] = [{ name: 'the lock of the folder', close: () => ownership.release() }]
  const close = () => closeAll(opened.splice(0).reverse(), log)
  try {
    await emptySpool(layout)
    const fold = foldReceipts(commitbase, clock)
    const repository = await openLocal(layout.git, { branch, environment, ownership, fold, onTrouble })
    opened.push({ name: 'the repository', close: () => repository.close() })
    const head = await repository.head()
    const refs = [head, receiptsRef, engineRef]
    const index = openIndex(layout.index, repository, options)
    opened.push({ name: 'the index', close: () => index.close() })
    index.landed((await repository.refs([head])).get(head) ?? null)
    const landed = (workspace: Workspace) => index.landed(workspace.landed(head))
    const writer = new Writer({ repository, refs, fold, landed })
    opened.push({ name: 'the writer', close: () => writer.close() })
    const journal = await openJournal(layout.journal)
    opened.push({ name: 'the journal', close: () => journal.close() })
    const tokens = await new TokenStore(layout.tokens, clock).open()
    await adoptTokens(layout.oldTokens, tokens, options.repository, clock())
    const audit = new AuditLog({ file: layout.audit, clock, log })
    opened.push({ name: 'the audit log', close: () => audit.close() })
    return { layout, ownership, tokens, audit, repository, branch: head, writer, journal, index, close }
  } catch (error) {
    await close()
    throw error
  }
}

function openIndex(path: string, repository: LocalRepository, options: StorageOptions): RecordIndex {
  const { basedir, environment, log } = options
  return new RecordIndex({
    path,
    basedir,
    read: (oids) => repository.read(oids),
    changesOf: recordsInLog(repository, basedir, environment),
    onProblem: log,
    onProgress: tellProgress(log),
  })
}

/** A push that was cut short by a crash is sent again by its sender. */
async function emptySpool({ spool }: Layout): Promise<void> {
  await rm(spool, { recursive: true, force: true })
  await mkdir(spool, { mode: 0o700 })
}
