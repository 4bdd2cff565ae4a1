import { dirname } from 'node:path'
import { runApart } from '../apart.ts'
import { runGit } from '../git.ts'
import type { HistoryTask, HistoryTimes } from '../ours/history.ts'
import type { DocumentHistoryTask } from '../peers/gitDocumentDbHistory.ts'
import { measureLog } from '../peers/gitLog.ts'
import { installGitDocumentDb } from '../peers/installGitDocumentDb.ts'
import { idOf } from '../records.ts'
import { type Cell, cellOf, type Line } from '../report/cell.ts'
import { medianOf } from '../report/medianOf.ts'
import type { Row, RowOptions } from '../row.ts'
import { newPath } from '../scratch.ts'
import { addHistory, pathsOf, versionsOf } from '../starting/history.ts'
import { layOut } from '../starting/layout.ts'
import { copyStarting } from '../starting/starting.ts'

export const history: Row = {
  name: 'history',
  text: 'the history of one record among 100k commits',
  async measure(options) {
    const commits = options.quick ? 5_000 : 100_000
    options.say(`making ${commits} commits`)
    const past = await makePast(commits)
    const lines = await measureWays(past, options)
    return {
      title: `The history of one record among ${commits / 1000}k commits`,
      text: `A table of ${size.toLocaleString('en')} records, each commit an update of one of them: about ${Math.round(1 + commits / size)} versions a record. The first time after a start, and the median of ${asked - 1} other records, ours of ${starts} starts. What Node.js made of the TypeScript is there from the start before, as the hub keeps it. It keeps in its index what it has read of the log; without one, as on a repository that it has never seen, it asks git until it has read the log.`,
      columns: ['first', 'median'],
      lines: [...lines, { who: 'to reach', cells: [{ text: '≤ 10 ms' }, { text: '≤ 10 ms' }] }],
    }
  },
}

const size = 10_000
const asked = 9
const starts = 5

interface Past {
  readonly folder: string
  /** How many versions each of the records that are asked for has. */
  readonly versions: ReadonlyMap<number, number>
  readonly paths: ReadonlyMap<number, string>
}

async function makePast(commits: number): Promise<Past> {
  const folder = await copyStarting(size, 'trie')
  await addHistory(folder, size, commits)
  const places = Array.from({ length: asked }, (_, index) => 1 + index * 1_000)
  const versions = new Map(places.map((place) => [place, versionsOf(place, size, commits)]))
  return { folder, versions, paths: pathsOf(layOut('trie', size)) }
}

async function measureWays(past: Past, { quick, say }: RowOptions): Promise<Line[]> {
  say('git log')
  const byPath = new Map([...past.versions].map(([place, count]) => [`db/stock/${past.paths.get(place)}`, count]))
  const plain = await measureLog(past.folder, new Map([...byPath].slice(0, 3)))
  say('git-documentdb')
  const documents: Cell = quick
    ? { reason: 'left out of a quick run' }
    : await cellOf(false, () => measureDocuments(past))
  await runGit(past.folder, ['commit-graph', 'write', '--reachable', '--changed-paths', '--no-progress'])
  const graphed = await measureLog(past.folder, byPath)
  say('Commitbase')
  const task: HistoryTask = { folder: past.folder, versions: past.versions }
  const ask = () => runApart<HistoryTimes>(new URL('../ours/history.ts', import.meta.url), task, { limit: 120_000 })
  const unread = await ask()
  const started: HistoryTimes[] = []
  for (let start = 0; start < starts; start++) started.push(await ask())
  const firsts = started.map(({ first }) => first)
  const others = started.flatMap(({ others }) => others)
  return [
    { who: 'Commitbase', cells: [medianOf(firsts), medianOf(others)] },
    {
      who: 'Commitbase without its index',
      cells: [medianOf([unread.first]), { reason: 'it has read the log by then' }],
    },
    { who: 'git log -- path', cells: plain },
    { who: 'git log -- path, commit-graph with changed paths', cells: graphed },
    { who: 'git-documentdb getHistory', cells: [documents, { reason: 'one is enough' }] },
  ]
}

async function measureDocuments({ folder, versions, paths }: Past): Promise<Cell> {
  const module = await installGitDocumentDb(true)
  const work = await newPath('history')
  await runGit('.', ['clone', '--quiet', '--local', folder, work])
  const [place, count] = [...versions][0]!
  const path = dirname(`db/stock/${paths.get(place)}`)
  const task: DocumentHistoryTask = { module, folder: work, path, id: idOf(place), count }
  const documents = new URL('../peers/gitDocumentDbHistory.ts', import.meta.url)
  return await runApart<Cell>(documents, task, { limit: 5_000 })
}
