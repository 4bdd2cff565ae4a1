import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A change of one source file that breaks a promise. */
export interface SourceChange {
  readonly file: string
  /** Each text is in the file exactly once, and is replaced. */
  readonly changes: readonly (readonly [text: string, by: string])[]
}

const root = join(import.meta.dirname, '../..')

/** The file as it is then. Throws where a text is not there exactly once. */
export async function changed({ file, changes }: SourceChange): Promise<string> {
  let text = await readFile(join(root, file), 'utf8')
  for (const [part, by] of changes) {
    const times = text.split(part).length - 1
    if (times !== 1) throw new Error(`${file} has the planted bug's text ${times} times: ${part}`)
    text = text.replace(part, () => by)
  }
  return text
}

/** Does the work in a copy of the sources that has the change; the copy goes afterwards. */
export async function inChangedSources<T>(change: SourceChange, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'commitbase-planted-'))
  try {
    for (const name of ['src', 'action', 'test', 'package.json'])
      await cp(join(root, name), join(folder, name), { recursive: true })
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
    await writeFile(join(folder, change.file), await changed(change))
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}
