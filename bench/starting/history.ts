import { collectWords, startGit, whenEnded } from '../../src/git/commands/git.ts'
import { person, settings } from '../git.ts'
import { fileOf, idOf, scattered } from '../records.ts'
import { type Folder, layOut } from './layout.ts'

/** Puts `commits` commits, each an update of one record anywhere in the table, onto `main` of a repository folder of ours. */
export async function addHistory(folder: string, size: number, commits: number): Promise<void> {
  const paths = pathsOf(layOut('trie', size))
  const options = { environment: process.env, variables: person, config: { ...settings, 'core.fsync': 'none' } }
  const child = startGit(['-C', folder, 'fast-import', '--quiet'], options)
  const words = collectWords(child)
  const ended = whenEnded(child)
  for (let number = 0; number < commits; number += batch) {
    const commands = Array.from({ length: Math.min(batch, commits - number) }, (_, index) => {
      return commandsFor(paths, number + index, scattered(number + index) % size)
    })
    if (!child.stdin.write(Buffer.concat(commands))) {
      await Promise.race([new Promise((go) => child.stdin.once('drain', go)), ended])
    }
  }
  child.stdin.end()
  if ((await ended).status !== 0) throw new Error(`git fast-import failed: ${words()}`)
}

const batch = 500

/** How many versions of the record at a place there are after that many commits: the one that it began with, too. */
export function versionsOf(place: number, size: number, commits: number): number {
  let versions = 1
  for (let number = 0; number < commits; number++) if (scattered(number) % size === place) versions++
  return versions
}

function commandsFor(paths: ReadonlyMap<number, string>, number: number, place: number): Buffer {
  const file = fileOf(place, number + 1)
  const parent = number === 0 ? 'from refs/heads/main^0\n' : ''
  const head = `commit refs/heads/main\ncommitter Bench <bench@example.org> ${1_767_225_601 + number} +0000\ndata 6\nUPSERT\n${parent}`
  const modify = `M 100644 inline db/stock/${paths.get(place)}\ndata ${file.length}\n`
  return Buffer.concat([Buffer.from(`${head}${modify}`), file, Buffer.from('\n')])
}

/** The path of each record's file in the table's folder. */
export function pathsOf(folder: Folder): Map<number, string> {
  const paths = new Map(folder.places.map((place) => [place, `${idOf(place)}.json`]))
  for (const [name, below] of folder.folders) {
    for (const [place, path] of pathsOf(below)) paths.set(place, `${name}/${path}`)
  }
  return paths
}
