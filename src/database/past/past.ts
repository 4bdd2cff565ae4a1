import type { BranchHistory } from '../../git/history/branchHistory.ts'
import type { Soon } from '../../git/soon.ts'
import type { Path } from '../../git/trees/path.ts'
import type { WorkingTree } from '../../git/trees/workingTree.ts'
import type { IndexView } from '../index/indexView.ts'
import { commitAt } from '../queries/at.ts'
import { takePage } from '../queries/page.ts'
import type { Receipt } from '../receipts/receipt.ts'
import { checkId, checkTable } from '../tables/names.ts'
import { type Changes, type ChangesOptions, changesSince } from './changes.ts'
import { type DiffOptions, diffOf, type RecordDiff } from './diff.ts'
import { type HistoryOptions, historyOf, type RecordHistory } from './history.ts'
import { planRevert, type RevertPlan, type RevertTarget } from './revert.ts'
import { type FindVersions, versionsFromIndex, versionsFromLog } from './versions.ts'

export interface PastOptions {
  readonly history: BranchHistory
  /** The source of the event that the transaction is for. */
  readonly source?: string
  readonly findReceipt?: (source: string, id: string) => Soon<Receipt | undefined>
  /** The indexes at the history's tip, which may know a record's versions before git has looked for them. */
  readonly index?: IndexView
}

/** The branch's past, as a transaction reads it: what has been committed, without its own writes. */
export class Past {
  readonly #options: PastOptions
  readonly #basedir: Path
  readonly #find: FindVersions

  constructor(options: PastOptions, basedir: Path) {
    this.#options = options
    this.#basedir = basedir
    const log = versionsFromLog(options.history, basedir)
    this.#find = options.index ? versionsFromIndex(options.index, log) : log
  }

  /** The files of a commit or a time. */
  async tree(at: string): Promise<WorkingTree> {
    const { history } = this.#options
    return await history.tree(await commitAt(history, at))
  }

  async history(table: string, id: string, options: HistoryOptions = {}): Promise<RecordHistory> {
    return await historyOf(this.#options.history, this.#find, checkTable(table), checkId(id), takePage(options))
  }

  async diff(table: string, id: string, options: DiffOptions = {}): Promise<RecordDiff> {
    const context = { history: this.#options.history, basedir: this.#basedir, find: this.#find }
    return await diffOf(context, checkTable(table), checkId(id), options)
  }

  async changes(options: ChangesOptions = {}): Promise<Changes> {
    if (options.table !== undefined) checkTable(options.table)
    return await changesSince(this.#options.history, this.#basedir, takePage(options))
  }

  async planRevert(target: RevertTarget): Promise<RevertPlan> {
    return await planRevert({ ...this.#options, basedir: this.#basedir }, target)
  }
}
