import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { BranchHistory } from '../../git/history/branchHistory.ts'
import { walkHistory } from '../../git/history/walkHistory.ts'
import { openLocal } from '../../git/local/local.ts'
import { makeObject, type Oid } from '../../git/objects/object.ts'
import type { IndexView } from '../index/indexView.ts'
import { RecordIndex } from '../index/recordIndex.ts'
import { recordsInLog } from '../index/recordsInLog.ts'
import { idDigits } from '../tables/tableFolder.ts'
import { planRevert, type RevertPlan } from './revert.ts'
import { type VersionPlace, versionsFromLog } from './versions.ts'

/** More: `COMMITBASE_MODEL_RUNS=1000 node --test src/database/past/mergesModel.test.ts`. */
const runs = Number(process.env.COMMITBASE_MODEL_RUNS ?? 25)

const ids = ['a', 'B', 'ff', 'k1']

/** A record's content, and how deep in folders its file lies; nothing where it is not there. */
type State = ReadonlyMap<string, { readonly n: number; readonly depth: number }>

/** How far back a commit's parents are, which of them each record is taken from, and what else is done to some. */
const commit = fc.record({
  back: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }),
  taken: fc.array(fc.nat(2), { minLength: ids.length, maxLength: ids.length }),
  edits: fc.array(
    fc.record({
      id: fc.constantFrom(...ids),
      how: fc.constantFrom('write', 'write', 'write', 'move', 'remove'),
      n: fc.nat(2),
      depth: fc.nat(2),
    }),
    { maxLength: 2 },
  ),
})

interface Made {
  readonly parents: readonly number[]
  readonly state: State
}

/** The last one leads to all. */
function historyOf(commits: readonly (typeof commit extends fc.Arbitrary<infer Value> ? Value : never)[]): Made[] {
  const made: Made[] = []
  for (const [number, { back, taken, edits }] of commits.entries()) {
    const near = [...new Set(back.map((steps) => number - steps))].filter((parent) => parent >= 0)
    const isLast = number === commits.length - 1
    const led = new Set(made.flatMap(({ parents }) => parents))
    const others = isLast ? made.flatMap((_, other) => (led.has(other) || near.includes(other) ? [] : [other])) : []
    const parents = [...near, ...others]
    const state = new Map<string, { n: number; depth: number }>()
    for (const [place, id] of ids.entries()) {
      const from = parents.length > 0 ? made[parents[taken[place]! % parents.length]!]!.state.get(id) : undefined
      if (from) state.set(id, from)
    }
    for (const { id, how, n, depth } of edits) {
      const was = state.get(id)
      if (how === 'remove') state.delete(id)
      else if (how === 'write') state.set(id, { n, depth: was?.depth ?? depth })
      else if (was) state.set(id, { n: was.n, depth })
    }
    made.push({ parents, state })
  }
  return made
}

/** By the definition: the versions of which none came after another are in force; a merge that agrees with all of them makes none. */
function versionsIn(made: readonly Made[], id: string): { versions: number[]; behind: ReadonlySet<number>[] } {
  const behind: Set<number>[] = []
  const last: number[][] = []
  const versions: number[] = []
  for (const [number, { parents, state }] of made.entries()) {
    behind.push(new Set([number, ...parents.flatMap((parent) => [...behind[parent]!])]))
    const all = [...new Set(parents.flatMap((parent) => last[parent]!))]
    const inForce = all.filter((one) => !all.some((other) => other !== one && behind[other]!.has(one)))
    const now = state.get(id)?.n
    const agrees = inForce.length > 0 ? inForce.every((one) => made[one]!.state.get(id)?.n === now) : now === undefined
    last.push(agrees ? inForce : [number])
    if (!agrees) versions.push(number)
  }
  return { versions, behind }
}

function textOf(id: string, n: number): string {
  return `${JSON.stringify({ _id: id, n }, null, 2)}\n`
}

function importStream(made: readonly Made[]): string {
  let stream = ''
  for (const [number, { parents, state }] of made.entries()) {
    stream += `commit refs/heads/made/${number}\nmark :${number + 1}\ncommitter A <a@example.org> ${1_000 + number} +0000\ndata 1\nx\n`
    for (const [place, parent] of parents.entries()) stream += `${place === 0 ? 'from' : 'merge'} :${parent + 1}\n`
    stream += 'deleteall\n'
    for (const [id, { n, depth }] of state) {
      const text = textOf(id, n)
      stream += `M 100644 inline ${pathOf(id, depth)}\ndata ${text.length}\n${text}\n`
    }
  }
  return `${stream}\nreset refs/heads/main\nfrom :${made.length}\n`
}

function pathOf(id: string, depth: number): string {
  const digits = idDigits(id)
  const folders = [digits.slice(0, 2), digits.slice(2, 4)].slice(0, depth)
  return ['db', 't', ...folders, `${id}.json`].join('/')
}

/** Makes the repository, and gives its commits. */
function importInto(folder: string, made: readonly Made[]): Oid[] {
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', folder])
  const git = (input: string, ...args: string[]) =>
    execFileSync('git', [`--git-dir=${folder}`, ...args], { input, encoding: 'utf8' })
  git(importStream(made), 'fast-import', '--quiet')
  const refs = git('', 'for-each-ref', '--format=%(refname:lstrip=3) %(objectname)', 'refs/heads/made/')
  const commits = new Map(refs.split('\n').map((line) => line.split(' ') as [string, Oid]))
  return made.map((_, number) => commits.get(`${number}`)!)
}

function assertVersions(found: readonly VersionPlace[], made: readonly Made[], commits: readonly Oid[], id: string) {
  const places = found.map(({ commit }) => commits.indexOf(commit))
  const { versions, behind } = versionsIn(made, id)
  assert.deepEqual(places.toSorted(), versions.toSorted(), id)
  for (const [place, { blob }] of found.entries()) {
    const n = made[places[place]!]!.state.get(id)?.n
    assert.equal(blob, n === undefined ? null : makeObject('blob', Buffer.from(textOf(id, n))).oid)
    assert.ok(
      places.slice(place + 1).every((older) => !behind[older]!.has(places[place]!)),
      'newest first',
    )
  }
  assert.equal(
    made[places[0] ?? -1]?.state.get(id)?.n,
    made.at(-1)!.state.get(id)?.n,
    'the first is what the branch has',
  )
}

/** REVERT by the index and by the log refuses the same records; where it does not, the branch has what the commit left. */
async function assertReverts(
  history: BranchHistory,
  index: IndexView,
  made: readonly Made[],
  commits: readonly Oid[],
  first: number,
) {
  const near = [0, 1, 2].map((step) => (first + step) % made.length)
  for (const number of near.filter((number) => made[number]!.parents.length < 2)) {
    const target = { commit: commits[number]! }
    const plans = [undefined, index].map((index) => planRevert({ history, basedir: ['db'], index }, target))
    const [byLog, byIndex] = await Promise.allSettled(plans)
    assert.equal(byIndex!.status, byLog!.status)
    if (byLog!.status === 'rejected' || byIndex!.status === 'rejected') continue
    const refusedIn = ({ later }: RevertPlan) => new Set(later.flatMap(({ records }) => records))
    const refused = refusedIn(byLog!.value)
    assert.deepEqual(refusedIn(byIndex!.value), refused)
    for (const { table, id, after } of byLog!.value.undo) {
      if (refused.has(`${table}/${id}`)) continue
      const n = made.at(-1)!.state.get(id)?.n
      assert.equal(after, n === undefined ? null : makeObject('blob', Buffer.from(textOf(id, n))).oid)
    }
  }
}

test('behind any merges the versions of a record are those of a plain model, by the index, by git’s log and by a walk, and the first is what the branch has', async () => {
  const place = await mkdtemp(join(tmpdir(), 'merges-'))
  let run = 0
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(commit, { minLength: 3, maxLength: 30 }), fc.nat(), async (commits, stop) => {
        const made = historyOf(commits)
        const folder = join(place, `${run++}.git`)
        const oids = importInto(folder, made)
        const repository = await openLocal(folder)
        const read = (oids: readonly Oid[]) => repository.read(oids)
        const index = new RecordIndex({
          path: join(place, `${run}.sqlite`),
          basedir: 'db',
          read,
          changesOf: recordsInLog(repository, 'db', process.env),
          onProblem: (problem) => assert.fail(problem),
        })
        try {
          const tip = oids.at(-1)!
          for (const commit of [oids[stop % oids.length]!, tip]) {
            index.landed(commit)
            await index.settled()
          }
          const histories = [repository.history, walkHistory(read)].map(
            (history) => new BranchHistory({ tip: () => tip, landed: () => tip, history, read }),
          )
          for (const id of ids) {
            assertVersions(index.at(tip).versions('t', id)!, made, oids, id)
            for (const history of histories) {
              const found = await versionsFromLog(history, ['db'])('t', id, { skip: 0, limit: 1_000 })
              assertVersions(found, made, oids, id)
            }
          }
          const [history] = histories
          await assertReverts(history!, index.at(tip), made, oids, stop)
        } finally {
          await index.close()
          await repository.close()
        }
      }),
      { numRuns: runs, endOnFailure: true },
    )
  } finally {
    await rm(place, { recursive: true, force: true })
  }
})
