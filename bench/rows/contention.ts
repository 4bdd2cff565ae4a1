import { mkdir, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { runGit } from '../git.ts'
import { judge } from '../judge.ts'
import { runAction } from '../ours/runAction.ts'
import { prepareCommit, pushWithRebase } from '../peers/rebaseAndRetry.ts'
import { type Cell, cellOf, type Line } from '../report/cell.ts'
import type { Row, RowOptions } from '../row.ts'
import { newPath, stopping } from '../scratch.ts'
import { type GitServer, serveGit } from '../serveGit.ts'
import type { Layout } from '../starting/layout.ts'
import { copyStarting } from '../starting/starting.ts'

export const contention: Row = {
  name: 'contention',
  text: 'N writers at once on one remote (only by --only contention)',
  byNameOnly: true,
  async measure(options) {
    const counts = options.quick ? [1, 4] : [1, 4, 16, 64]
    const lines: Line[] = []
    for (const way of ways) lines.push(...(await measureWay(way, counts, options)))
    const goals = counts.map((count) => ({ text: `≤ ${2 * count + 8} pushes` }))
    return {
      title: 'N writers at once on one remote',
      text: "N processes at once, each writes one record of its own over HTTP on 127.0.0.1. Commitbase: the Action's bundle as GitHub's runner starts it, from start to end. Rebase and retry: `until git push; do git pull --rebase; done`, each in a clone that was made and committed to before. Pushes are receive-pack requests that reached the remote, refused ones too; git refuses others on the client's side.",
      columns: counts.map((count) => `N = ${count}`),
      lines: [...lines, { who: 'to reach', cells: goals }],
    }
  },
}

interface Way {
  readonly who: string
  readonly layout: Layout
  readonly isOurs: boolean
  /** Gets ready what is not measured, and gives what is. */
  prepare(address: string, number: number): Promise<(signal: AbortSignal) => Promise<void>>
}

/** Records in the table: writer n changes the nth, so that nobody's write conflicts with another's. */
const size = 500

const ways: readonly Way[] = [
  {
    who: 'Commitbase',
    layout: 'trie',
    isOurs: true,
    prepare: async (address, number) => () => runAction(address, { place: number, version: 1 }),
  },
  {
    who: 'rebase and retry',
    layout: 'folders',
    isOurs: false,
    prepare: async (address, number) => {
      const folder = await prepareCommit(`${address}/octo/shop.git`, { place: number, version: 1 })
      return (signal) => pushWithRebase(folder, signal)
    },
  },
]

async function measureWay(way: Way, counts: readonly number[], { say }: RowOptions): Promise<Line[]> {
  const pushes: Cell[] = []
  const times: Cell[] = []
  for (const count of counts) {
    say(`${way.who}, ${count}`)
    let pushed: Cell = { text: '' }
    times.push(
      await cellOf(way.isOurs, async () => {
        const measured = await measureWriters(way, count)
        pushed = { value: measured.pushes, unit: 'pushes' }
        return { value: measured.seconds, unit: 's' }
      }),
    )
    pushes.push(pushed)
  }
  return [
    { who: `${way.who}: pushes`, cells: pushes },
    { who: `${way.who}: until all are done`, cells: times },
  ]
}

async function measureWriters(way: Way, count: number): Promise<{ pushes: number; seconds: number }> {
  const repository = await newRemote(way.layout)
  const server = await serveGit(repository)
  try {
    return await timeWriters(way, count, repository, server)
  } finally {
    server.stop()
  }
}

async function timeWriters(way: Way, count: number, repository: string, server: GitServer) {
  const writers: ((signal: AbortSignal) => Promise<void>)[] = []
  for (let number = 0; number < count; number++) writers.push(await way.prepare(server.address, number))
  const before = await commitsIn(repository)
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(limit)])
  const start = performance.now()
  await Promise.all(writers.map((write) => write(signal)))
  const seconds = (performance.now() - start) / 1000
  const landed = (await commitsIn(repository)) - before
  if (landed !== count) throw new Error(`${count} writers made ${landed} commits`)
  await judge(repository)
  return { pushes: await server.pushes(), seconds }
}

/** Milliseconds. */
const limit = 600_000

async function newRemote(layout: Layout): Promise<string> {
  const repository = join(await newPath('server'), 'octo', 'shop.git')
  await mkdir(dirname(repository), { recursive: true })
  await rename(await copyStarting(size, layout), repository)
  for (const key of ['uploadpack.allowFilter', 'uploadpack.allowAnySHA1InWant'])
    await runGit(repository, ['config', key, 'true'])
  return repository
}

async function commitsIn(repository: string): Promise<number> {
  return Number(await runGit(repository, ['rev-list', '--count', 'main']))
}
