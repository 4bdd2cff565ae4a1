import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { git } from '../commands/git.ts'
import { openLocal } from '../local/local.ts'
import { encodeCommit } from '../objects/commit.ts'
import type { Oid } from '../objects/object.ts'
import { encodeTree } from '../objects/tree.ts'
import { newBare } from '../testing/gitFolder.ts'
import { readCommitGraph } from './commitGraph.ts'
import { GitHistory } from './gitHistory.ts'
import type { Lineage } from './lineage.ts'

const main = 'refs/heads/main'
const author = { name: 'Ada', email: 'ada@example.org' }
const tree = encodeTree([])

/** A bare repository, and a way to put commits onto it: each says by their numbers which of the ones before are its parents. */
async function openGrown(t: TestContext) {
  const folder = await newBare(t)
  const repository = await openLocal(folder)
  t.after(() => repository.close())
  const commits: Oid[] = []
  const grow = async (parents: readonly (readonly number[])[], time: number) => {
    const made = parents.map((places, index) => {
      const known = places.map((place) => commits[place]!)
      const commit = encodeCommit({
        tree: tree.oid,
        parents: known,
        author,
        time: (time + index) * 1_000,
        message: `${commits.length}`,
      })
      commits.push(commit.oid)
      return commit
    })
    const from = (await repository.refs([main])).get(main) ?? null
    await repository.land([tree, ...made], [{ ref: main, from, to: commits.at(-1)! }])
  }
  const writeGraph = (...how: string[]) => git([`--git-dir=${folder}`, 'commit-graph', 'write', '--reachable', ...how])
  return { folder, repository, commits, grow, writeGraph, tip: () => commits.at(-1)! }
}

type Grown = Awaited<ReturnType<typeof openGrown>>

/** Where no git can be started. */
function lineageWithoutGit({ folder, repository, tip }: Grown): Promise<Lineage> {
  const read = (oids: readonly Oid[]) => repository.read(oids)
  return new GitHistory({ folder, options: { environment: { PATH: '/nowhere' } }, read }).lineage(tip())
}

async function assertAsGitSays(lineage: Lineage, { folder, tip }: Pick<Grown, 'folder' | 'tip'>) {
  const listed = await git([`--git-dir=${folder}`, 'rev-list', '--parents', '--timestamp', tip()])
  const lines = listed.toString().trim().split('\n')
  assert.deepEqual([lineage.count, lineage.tip], [lines.length, tip()])
  for (const line of lines) {
    const [time, commit, ...parents] = line.split(' ')
    const place = lineage.place(commit!)
    assert.ok(place >= 0 && parents.every((parent) => lineage.place(parent) < place))
    assert.deepEqual(
      lineage.parents(place).map((parent) => lineage.oid(parent)),
      parents,
    )
    assert.deepEqual(
      [lineage.firstParent(place) >= 0, lineage.isMerge(place)],
      [parents.length > 0, parents.length > 1],
    )
    const behind = await git([`--git-dir=${folder}`, 'rev-list', commit!])
    const oids = [...lineage.only(place, [])].map((place) => lineage.oid(place))
    assert.deepEqual(oids.sort(), behind.toString().trim().split('\n').sort())
    assert.equal(lineage.time(place), Number(time))
  }
}

/** Two lines, merges of two, three and five, and a second of time that takes more than 32 bits. */
const tangled = [[], [0], [0], [1], [2], [3, 4], [5, 1, 2], [6], [7, 3, 4, 5, 0], [8]]

test('a lineage comes from the commit-graph alone, whatever merges there are', async (t) => {
  const grown = await openGrown(t)
  await grown.grow(tangled, 2 ** 33)
  await grown.writeGraph()
  await assertAsGitSays(await lineageWithoutGit(grown), grown)
})

test('a lineage comes from a chain of commit-graphs, and what is newer from the commits', async (t) => {
  const grown = await openGrown(t)
  await grown.grow(tangled, 1_700_000_000)
  await grown.writeGraph('--split=no-merge')
  await grown.grow([[9], [10, 2, 4], [10], [12, 11]], 1_700_001_000)
  await grown.writeGraph('--split=no-merge')
  assert.equal((await readdir(join(grown.folder, 'objects', 'info', 'commit-graphs'))).length, 3)
  await assertAsGitSays(await lineageWithoutGit(grown), grown)
  await grown.grow([[13], [7], [14, 15], [16]], 1_700_002_000)
  await assertAsGitSays(await lineageWithoutGit(grown), grown)
})

test('a commit-graph that git would pass by, or that is damaged, is not there; git lists the commits then', async (t) => {
  const grown = await openGrown(t)
  const { folder } = grown
  await grown.grow(tangled, 1_700_000_000)
  await grown.writeGraph()
  assert.ok(await readCommitGraph(folder))
  for (const name of ['shallow', join('info', 'grafts')]) {
    await writeFile(join(folder, name), '')
    assert.equal(await readCommitGraph(folder), undefined)
    await rm(join(folder, name))
  }
  const path = join(folder, 'objects', 'info', 'commit-graph')
  const whole = await readFile(path)
  await rm(path)
  for (let at = 0; at < whole.length; at += 7) {
    const damaged = Buffer.from(whole)
    damaged[at]! ^= 1
    for (const bytes of [damaged, whole.subarray(0, at)]) {
      await writeFile(path, bytes)
      assert.equal(await readCommitGraph(folder), undefined)
    }
  }
  const read = (oids: readonly Oid[]) => grown.repository.read(oids)
  const history = new GitHistory({ folder, options: { environment: process.env }, read })
  await assertAsGitSays(await history.lineage(grown.tip()), grown)
})

test('what is cut off is as git says, also when it was cut elsewhere since: in a shallow clone, and where grafts are', async (t) => {
  const server = await openGrown(t)
  await server.grow([[], [0], [1], [2], [3]], 1_700_000_000)
  const folder = await newBare(t)
  const inClone = (...args: string[]) => git([`--git-dir=${folder}`, ...args])
  const fetch = (...how: string[]) => inClone('fetch', '-q', ...how, `file://${server.folder}`, '+main:main')
  await fetch('--depth=2')
  const clone = await openLocal(folder)
  t.after(() => clone.close())
  const assertSame = async () => assertAsGitSays(await clone.history.lineage(server.tip()), { ...server, folder })
  await assertSame()
  await server.grow([[4], [5], [6], [5], [7, 8]], 1_700_001_000)
  await fetch('--depth=1')
  await assertSame()
  await fetch('--unshallow')
  await assertSame()
  assert.equal((await clone.history.lineage(server.tip())).count, 10)
  await inClone('commit-graph', 'write', '--reachable')
  await mkdir(join(folder, 'info'), { recursive: true })
  await writeFile(join(folder, 'info', 'grafts'), `${server.tip()} ${server.commits[2]}\n`)
  await assertSame()
  await server.grow([[9], [4], [10, 11]], 1_700_002_000)
  await fetch()
  await assertSame()
})

test('a commit that a ref of refs/replace/ would hide is read as it is, with a commit-graph and without', async (t) => {
  const grown = await openGrown(t)
  await grown.grow(tangled, 1_700_000_000)
  await git([`--git-dir=${grown.folder}`, 'update-ref', `refs/replace/${grown.tip()}`, grown.commits[2]!])
  const read = (oids: readonly Oid[]) => grown.repository.read(oids)
  const openHistory = () =>
    new GitHistory({ folder: grown.folder, options: { environment: process.env }, read }).lineage(grown.tip())
  await assertAsGitSays(await openHistory(), grown)
  await grown.writeGraph()
  assert.ok(await readCommitGraph(grown.folder))
  await assertAsGitSays(await openHistory(), grown)
  await assertAsGitSays(await lineageWithoutGit(grown), grown)
})

test('a chain of commit-graphs of which one is gone is not there', async (t) => {
  const grown = await openGrown(t)
  await grown.grow(tangled, 1_700_000_000)
  await grown.writeGraph('--split=no-merge')
  await grown.grow([[9]], 1_700_001_000)
  await grown.writeGraph('--split=no-merge')
  assert.ok(await readCommitGraph(grown.folder))
  const graphs = join(grown.folder, 'objects', 'info', 'commit-graphs')
  const [name] = (await readFile(join(graphs, 'commit-graph-chain'), 'utf8')).split('\n')
  await rm(join(graphs, `graph-${name}.graph`))
  assert.equal(await readCommitGraph(grown.folder), undefined)
})
