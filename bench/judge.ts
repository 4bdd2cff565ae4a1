import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { runGit } from './git.ts'
import { newPath } from './scratch.ts'
import { startingPack } from './starting/starting.ts'

/** Judges all folders, two at a time, for there are two cores. */
export async function judgeAll(folders: Iterable<string>): Promise<void> {
  const waiting = [...folders]
  const lane = async () => {
    for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) await judge(folder)
  }
  await Promise.all([lane(), lane()])
}

/** Throws with git's words where `git fsck --full --strict` or `git index-pack --strict`, on each pack that was written, finds fault with a repository. */
export async function judge(folder: string): Promise<void> {
  await Promise.all([
    runGit(folder, ['fsck', '--full', '--strict', '--no-progress', '--no-dangling']),
    judgePacks(folder),
  ])
}

async function judgePacks(folder: string): Promise<void> {
  const objects = await runGit(folder, ['rev-parse', '--git-path', 'objects/pack'])
  const packs = join(folder, objects)
  const written = (await readdir(packs)).filter((name) => name.endsWith('.pack'))
  const index = `${await newPath('judged')}.idx`
  for (const name of written) {
    if (await isStarting(join(packs, name))) continue
    await runGit(folder, ['index-pack', '--strict', '-o', index, join(packs, name)])
    await rm(index, { force: true })
    await rm(index.replace(/idx$/, 'rev'), { force: true })
  }
}

/** Whether it is one that the benchmark gave to everybody to begin with, and git made. */
async function isStarting(pack: string): Promise<boolean> {
  const text = await readFile(pack.replace(/pack$/, 'keep'), 'utf8').catch(() => '')
  return text === startingPack
}
