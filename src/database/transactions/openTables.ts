import { CommitbaseError } from '../../errors.ts'
import type { Soon } from '../../git/soon.ts'
import type { Path } from '../../git/trees/path.ts'
import type { WorkingTree } from '../../git/trees/workingTree.ts'
import { Past } from '../past/past.ts'
import type { Place } from '../queries/find.ts'
import { checkTable, parseBasedir } from '../tables/names.ts'
import { Table, type TableChanges } from '../tables/table.ts'
import type { TransactionOptions } from './transaction.ts'

/** The tables of one transaction: those that it looked into, with what it wrote there, and any of them as it was. */
export class OpenTables {
  readonly #options: TransactionOptions
  readonly #tree: WorkingTree
  readonly #basedir: Path
  readonly #tables = new Map<string, Table>()
  #past: Past | undefined

  constructor(options: TransactionOptions) {
    this.#options = options
    this.#tree = options.tree
    this.#basedir = parseBasedir(options.basedir)
  }

  /** What has been committed. Throws `invalid` where the transaction has no history. */
  get past(): Past {
    const { past, index } = this.#options
    if (!past) throw new CommitbaseError('invalid', 'the past cannot be read here: the transaction has no history')
    this.#past ??= new Past({ ...past, index }, this.#basedir)
    return this.#past
  }

  /** What was done to each of them. */
  get changes(): TableChanges[] {
    const changes: TableChanges[] = []
    for (const table of this.#tables.values()) changes.push(table.changes)
    return changes
  }

  /** What the action gives on the table as it is here. It may run again: it changes nothing before it has read all (`WorkingTree.now`). */
  change<T>(name: string, action: (table: Table) => T): Soon<T> {
    return this.#tree.now(() => action(this.#table(name)))
  }

  /** What the action gives on the table as it is here or, with `at`, as it was. */
  look<T>(name: string, at: string | undefined, action: (table: Table) => T): Soon<T> {
    if (at === undefined) return this.change(name, action)
    return this.#tableAt(name, at).then((table) => table.now(() => action(table)))
  }

  /** Where to search: only what is here now has indexes. */
  async place(name: string, at?: string): Promise<Place> {
    if (at !== undefined) return { table: await this.#tableAt(name, at) }
    return { table: await this.change(name, (table) => table), index: this.#options.index }
  }

  /** The folders of tables, whoever made them: those of the tree and those with records put here or, with `at`, those that were there. */
  async folders(at?: string): Promise<string[]> {
    if (at === undefined) return this.#tree.now(() => this.#folders())
    const tree = await this.past.tree(at)
    return tree.now(() => foldersIn(tree, this.#basedir))
  }

  /** Takes away all that is in the folder, whatever its name. */
  drop(folder: string): void {
    const table = this.#tables.get(folder) ?? this.#newTable(folder)
    this.#tables.set(folder, table)
    table.drop()
  }

  /** Throws `conflict` where there is a table whose name differs only in case. */
  refuseTwin({ name, twins }: Table): void {
    if (twins.length === 0 && this.#tables.size === 1) return
    const lowered = name.toLowerCase()
    const others = new Set([...twins, ...this.#tables.keys()])
    others.delete(name)
    const twin = this.#folders().find((other) => others.has(other) && other.toLowerCase() === lowered)
    if (twin === undefined) return
    throw new CommitbaseError(
      'conflict',
      `table '${name}' differs only in case from '${twin}': some file systems cannot hold both; write to '${twin}' or choose another name`,
    )
  }

  #table(name: string): Table {
    const known = this.#tables.get(checkTable(name))
    if (known) return known
    const table = this.#newTable(name)
    table.refuseLinks()
    this.#tables.set(name, table)
    return table
  }

  #newTable(name: string): Table {
    return new Table(this.#tree, this.#basedir, name, this.#options.fingerprints)
  }

  /** Nobody writes to that one. */
  async #tableAt(name: string, at: string): Promise<Table> {
    checkTable(name)
    const tree = await this.past.tree(at)
    const table = new Table(tree, this.#basedir, name)
    await tree.now(() => table.refuseLinks())
    return table
  }

  #folders(): string[] {
    const names = [...new Set([...foldersIn(this.#tree, this.#basedir), ...this.#tables.keys()])]
    return names.filter((name) => this.#tables.get(name)?.exists() ?? true).sort()
  }
}

function foldersIn(tree: WorkingTree, basedir: Path): string[] {
  const children = tree.listNow(basedir)
  return [...children].filter(([name, child]) => child.kind === 'folder' && !name.startsWith('.')).map(([name]) => name)
}
