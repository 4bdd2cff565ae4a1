import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { runGit } from '../git.ts'
import { fileOf, writeAt } from '../records.ts'
import { newPath } from '../scratch.ts'
import { pathOf } from '../starting/layout.ts'
import { copyStarting } from '../starting/starting.ts'

/** A clone with its files checked out: the folder; the repository is `.git` in it. */
export async function checkOut(size: number, layout: 'folders' | 'flat'): Promise<string> {
  const folder = await newPath(`work-${layout}-${size}`)
  const repository = await copyStarting(size, layout)
  await runGit('.', ['clone', '--quiet', '--local', repository, folder])
  // What the peers' own git processes go by.
  for (const [name, value] of Object.entries(inConfig)) await runGit(folder, ['config', name, value])
  return folder
}

const inConfig = { 'core.fsync': 'all', 'gc.auto': '0', 'user.name': 'Bench', 'user.email': 'bench@example.org' }

/** Writes the file of the numbered write into the work tree, and gives its path from there. */
export async function writeFileOf(
  folder: string,
  layout: 'folders' | 'flat',
  size: number,
  number: number,
): Promise<string> {
  const { place, version } = writeAt(size, number)
  const path = pathOf(layout, place)
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), fileOf(place, version))
  return path
}
