import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { git } from '../../src/git/commands/git.ts'
import { actionRepository } from './walk.ts'

export interface Folders {
  /** The hub's. */
  readonly data: string
  /** Of the bare repository `acme/chaos.git` that runs of the Action write to. */
  readonly remotes: string
  /** A person's clone of the hub's repository. */
  readonly work: string
  /** The steps at which processes have ended. */
  readonly log: string
  /** What Node has compiled. */
  readonly compiled: string
}

/** Both repositories with their first commit, which says that there is a unique index. */
export async function prepare(root: string): Promise<Folders> {
  const [data, work, log, compiled] = ['data', 'work', 'reached', 'compiled'].map((name) => join(root, name)) as [
    string,
    string,
    string,
    string,
  ]
  const folders = { data, remotes: root, work, log, compiled }
  await beginRepository(join(folders.data, 'repository.git'))
  await beginRepository(join(root, `${actionRepository}.git`))
  await git(['init', '--quiet', folders.work], { environment: process.env })
  return folders
}

async function beginRepository(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const options = { environment: process.env }
  await git(['init', '--bare', '--quiet', '--template=', '--initial-branch=main', folder], options)
  const settings = { tables: { counter: { indexes: [{ fields: ['name'], unique: true }] } } }
  const message = 'Say what is indexed'
  const bytes = Buffer.from(`${JSON.stringify(settings, null, 2)}\n`)
  const lines = [
    'commit refs/heads/main',
    `committer Chaos <chaos@example.org> 1767225600 +0000`,
    `data ${message.length}\n${message}`,
    'M 100644 inline db/.commitbase.json',
    `data ${bytes.length}\n${bytes}`,
  ]
  await git([`--git-dir=${folder}`, 'fast-import', '--quiet'], { ...options, input: `${lines.join('\n')}\n` })
}
