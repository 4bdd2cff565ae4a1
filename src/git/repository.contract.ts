import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { LogEntry } from './history/history.ts'
import { encodeCommit, parentsOf } from './objects/commit.ts'
import { type GitObject, makeObject, type Oid } from './objects/object.ts'
import { encodeTree } from './objects/tree.ts'
import type { Repository } from './repository.ts'
import { checksOf, type UnderTest } from './testing/checksOf.ts'
import { Workspace } from './workspace.ts'

/** What every implementation of the port does. `make` gives a new, empty repository whose HEAD names `trunk`. */
export function testRepository(name: string, make: (t: TestContext) => Promise<UnderTest<Repository>>): void {
  const check = checksOf(name, make)

  check('an empty repository has a head and no refs, and its first commit makes the branch', async (open) => {
    const repository = await open()
    assert.equal(await repository.head(), trunk)
    assert.deepEqual(await repository.refs(['refs/', trunk]), new Map())
    const { objects, commit } = commitOf('first', [], { 'a.txt': 'a' })
    assert.equal(await repository.land(objects, [{ ref: trunk, from: null, to: commit }]), 'landed')
    assert.deepEqual(await repository.refs([trunk]), new Map([[trunk, commit]]))
    assert.equal(await (await open()).head(), trunk)
  })

  check('what landed is read byte by byte, in the order that was asked for, by whoever opens it next', async (open) => {
    const bodies = [Buffer.alloc(0), Buffer.from('a\nb\0\n'), Buffer.alloc(3 << 20, 'big\n'), Buffer.from('missing\n')]
    const files = Object.fromEntries(bodies.map((body, index) => [`${index}`, body]))
    const { objects, commit } = commitOf('bytes', [], files)
    assert.equal(await (await open()).land(objects, [{ ref: trunk, from: null, to: commit }]), 'landed')
    const reader = await open()
    const asked = [commit, ...objects.map(({ oid }) => oid).reverse(), commit]
    const read = await reader.read(asked)
    assert.deepEqual(
      read.map(({ oid }) => oid),
      asked,
    )
    const byId = new Map(objects.map((object) => [object.oid, object]))
    for (const object of read) {
      assert.equal(object.type, byId.get(object.oid)!.type)
      assert.ok(object.body.equals(byId.get(object.oid)!.body))
    }
  })

  check('an object that nobody has is not found, and the next read works', async (open) => {
    const repository = await open()
    const { objects, commit } = commitOf('one', [], { a: 'a' })
    await repository.land(objects, [{ ref: trunk, from: null, to: commit }])
    const missing = '1'.repeat(40)
    await assert.rejects(repository.read([commit, missing]), { code: 'not_found', message: new RegExp(missing) })
    for (const short of [commit.slice(0, 7), '', 'zz', `${commit}00`]) await assert.rejects(repository.read([short]))
    assert.equal((await (await open()).read([commit]))[0]!.oid, commit)
  })

  check('refs are asked for by name and by folder', async (open) => {
    const repository = await open()
    const { objects, commit } = commitOf('one', [], { a: 'a' })
    const names = [trunk, 'refs/heads/trunk-2', 'refs/commitbase/inbox/a', 'refs/commitbase/inbox/b']
    await repository.land(
      objects,
      names.map((ref) => ({ ref, from: null, to: commit })),
    )
    const keys = async (...asked: string[]) => [...(await repository.refs(asked)).keys()].sort()
    assert.deepEqual(await keys(trunk), [trunk])
    assert.deepEqual(await keys('refs/commitbase/inbox'), [])
    assert.deepEqual(await keys('refs/commitbase/inbox/', 'refs/commitbase/lease'), names.slice(2))
  })

  check('a ref that is not what was built on loses, and then nothing moves', async (open) => {
    const repository = await open()
    const first = commitOf('first', [], { a: 'a' })
    const refs = [trunk, 'refs/commitbase/receipts']
    await repository.land(
      first.objects,
      refs.map((ref) => ({ ref, from: null, to: first.commit })),
    )
    const second = commitOf('second', [first.commit], { a: 'b' })
    const stale = [second.commit, null]
    for (const from of stale) {
      const updates = [
        { ref: refs[0]!, from: first.commit, to: second.commit },
        { ref: refs[1]!, from, to: second.commit },
      ]
      assert.equal(await repository.land(second.objects, updates), 'lost')
      assert.deepEqual(await repository.refs(refs), new Map(refs.map((ref) => [ref, first.commit])))
    }
    const moves = refs.map((ref) => ({ ref, from: first.commit, to: second.commit }))
    assert.equal(await repository.land(second.objects, moves), 'landed')
    assert.deepEqual(await repository.refs(refs), new Map(refs.map((ref) => [ref, second.commit])))
  })

  check('a ref is deleted together with the move of another, and only from what was built on', async (open) => {
    const repository = await open()
    const { objects, commit } = commitOf('one', [], { a: 'a' })
    const inbox = 'refs/commitbase/inbox/a'
    await repository.land(objects, [{ ref: inbox, from: null, to: commit }])
    assert.equal(await repository.land([], [{ ref: inbox, from: '1'.repeat(40), to: null }]), 'lost')
    const drain = [
      { ref: trunk, from: null, to: commit },
      { ref: inbox, from: commit, to: null },
    ]
    assert.equal(await repository.land([], drain), 'landed')
    assert.deepEqual(await repository.refs(['refs/']), new Map([[trunk, commit]]))
    assert.equal(await repository.land([], [{ ref: inbox, from: commit, to: null }]), 'lost')
  })

  check('a ref may point to a blob, and move from one to the next', async (open) => {
    const repository = await open()
    const leases = ['{"counter":1}', '{"counter":2}'].map((text) => makeObject('blob', Buffer.from(text)))
    let from: Oid | null = null
    for (const lease of leases) {
      assert.equal(await repository.land([lease], [{ ref: 'refs/commitbase/lease', from, to: lease.oid }]), 'landed')
      from = lease.oid
    }
    const refs = await (await open()).refs(['refs/commitbase/lease'])
    assert.deepEqual([...refs.values()], [leases[1]!.oid])
    const [read] = await (await open()).read([leases[1]!.oid])
    assert.deepEqual([read!.type, read!.body.toString()], ['blob', '{"counter":2}'])
  })

  check('a thousand files land together, and concurrent reads each get their own', async (open) => {
    const files = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, index) => [`${index}.json`, `{"_id":"${index}"}\n`]),
    )
    const { objects, commit } = commitOf('many', [], files)
    assert.equal(await (await open()).land(objects, [{ ref: trunk, from: null, to: commit }]), 'landed')
    const reader = await open()
    const blobs = objects.filter(({ type }) => type === 'blob')
    const parts = Array.from({ length: 10 }, (_, part) => blobs.slice(part * 100, part * 100 + 100))
    const read = await Promise.all(parts.map((part) => reader.read(part.map(({ oid }) => oid))))
    assert.deepEqual(
      read.flat().map(({ body }) => body.toString()),
      blobs.map(({ body }) => body.toString()),
    )
  })

  check('a wide folder that changes with each commit of a push is what it was made', async (open) => {
    const repository = await open()
    const workspace = await Workspace.open(repository, [trunk])
    const names = Array.from({ length: 300 }, (_, index) => `${1_000 + index}.json`)
    const write = async (name: string, text: string) => {
      await workspace.tree(trunk).write(['wide', name], Buffer.from(text))
      workspace.commit(trunk, { message: name, author: { name: 'Ada', email: 'ada@example.org' }, time: 0 })
    }
    for (const name of names) await workspace.tree(trunk).write(['wide', name], Buffer.from('first'))
    for (const push of ['one', 'two']) {
      for (const name of names.slice(0, 5)) await write(name, `${push} ${name}`)
      assert.equal(await workspace.land(), 'landed')
    }
    const reader = (await Workspace.open(await open(), [trunk])).tree(trunk)
    const texts = await Promise.all(names.slice(3, 7).map((name) => reader.read(['wide', name])))
    assert.deepEqual(texts.map(String), ['two 1003.json', 'two 1004.json', 'first', 'first'])
  })

  check('two who write at once lose races and no commit', async (open) => {
    const writers = [await open(), await open()]
    const write = async (repository: Repository, text: string) => {
      for (;;) {
        const tip = (await repository.refs([trunk])).get(trunk) ?? null
        const { objects, commit } = commitOf(text, tip ? [tip] : [], { [text]: text })
        if ((await repository.land(objects, [{ ref: trunk, from: tip, to: commit }])) === 'landed') return commit
      }
    }
    const wrote = await Promise.all(
      writers.flatMap(async (writer, index) => {
        const commits: Oid[] = []
        for (let round = 0; round < 4; round++) commits.push(await write(writer, `${index}-${round}`))
        return commits
      }),
    )
    const reader = await open()
    const history: Oid[] = []
    for (
      let oid = (await reader.refs([trunk])).get(trunk);
      oid;
      oid = parentsOf((await reader.read([oid]))[0]!.body)[0]
    ) {
      history.push(oid)
    }
    assert.deepEqual(history.toSorted(), wrote.flat().toSorted())
  })

  check('the past of a branch: its commits, and those that changed a path', async (open) => {
    const repository = await open()
    const made = await tangled(repository)
    const { root, edit, side, deep, merge, gone } = made
    const reader = await open()
    const { history } = reader
    const lineage = await history.lineage(gone)
    const line = (since: Oid) => lineage.line.since(lineage.place(since), (oids) => reader.read(oids))
    const newestUntil = (time: number) => lineage.line.newestUntil(time, (oids) => reader.read(oids))
    assert.equal(lineage.count, 6)
    assert.equal(lineage.has('1'.repeat(40)), false)
    assert.deepEqual(lineage.startingWith(side.slice(0, 10)), [side])
    assert.deepEqual(await line(edit), [deep, merge, gone])
    assert.deepEqual(await line(side), [merge, gone])
    assert.deepEqual([await newestUntil(3), await newestUntil(0)], [edit, undefined])
    const log = async (query: object) => (await history.log({ tip: gone, paths: [['a']], ...query })).map(plain)
    assert.deepEqual((await log({})).map(([commit]) => commit).toSorted(), [root, edit, side, merge, gone].toSorted())
    assert.deepEqual((await log({}))[0], [gone, [['a', 'merged', null]]])
    assert.deepEqual((await log({})).at(-1), [root, [['a', null, 'one']]])
    assert.deepEqual(await log({ tip: merge, since: edit, paths: [['a']] }), [
      [merge, []],
      [side, [['a', 'one', 'aside']]],
    ])
    const merged = [merge, []]
    assert.deepEqual(await log({ paths: [['d'], ['nothing']] }), [merged, [deep, [['d/e/f.json', null, 'deep']]]])
    assert.deepEqual(await log({ since: side, paths: [['d']] }), [merged, [deep, [['d/e/f.json', null, 'deep']]]])
    assert.deepEqual(await log({ tip: edit, paths: [['d']] }), [])
  })

  check('a commit comes before its parents in the log of one path, also where the clocks were wrong', async (open) => {
    const repository = await open()
    const root = commitOf('root', [], { a: 'one' }, { time: 8 })
    const edit = commitOf('edit', [root.commit], { a: 'edited' }, { time: 2 })
    const side = commitOf('side', [root.commit], { a: 'aside' }, { time: 5 })
    const merge = commitOf('merge', [edit.commit, side.commit], { a: 'merged' }, { time: 9 })
    const objects = [root, edit, side, merge].flatMap((made) => made.objects)
    const distinct = [...new Map(objects.map((object) => [object.oid, object])).values()]
    await repository.land(distinct, [{ ref: trunk, from: null, to: merge.commit }])
    const log = await (await open()).history.log({ tip: merge.commit, paths: [['a'], ['nothing']] })
    assert.deepEqual([log.length, log[0]!.commit, log[3]!.commit], [4, merge.commit, root.commit])
  })

  check('the past goes on with the branch, and begins anew where the branch was moved elsewhere', async (open) => {
    const repository = await open()
    const { edit, merge, gone } = await tangled(repository)
    assert.equal((await repository.history.lineage(edit)).tip, edit)
    assert.equal((await repository.history.lineage(gone)).tip, gone)
    const other = commitOf('other', [edit], { a: 'other' })
    await repository.land(other.objects, [{ ref: trunk, from: gone, to: other.commit }])
    const lineage = await repository.history.lineage(other.commit)
    assert.deepEqual([lineage.count, lineage.has(merge), lineage.has(gone)], [3, false, false])
    assert.equal((await repository.history.log({ tip: other.commit, paths: [['a']] })).length, 3)
  })

  check('a name that is no ref’s is refused before anything moves', async (open) => {
    const repository = await open()
    const { objects, commit } = commitOf('one', [], { a: 'a' })
    for (const ref of [
      'main',
      'refs/heads/',
      'refs/heads/a..b',
      'refs/heads/a b',
      'refs/heads/a\nb',
      'refs/heads/x.lock',
    ]) {
      const refused = async () => await repository.land(objects, [{ ref, from: null, to: commit }])
      await assert.rejects(refused, { code: 'invalid' })
    }
    assert.deepEqual(await repository.refs(['refs/']), new Map())
  })
}

const trunk = 'refs/heads/trunk'

/** A branch with a merge of two edits of one file, and a folder in a folder; a second between two commits. */
async function tangled(repository: Repository) {
  const objects = new Map<Oid, GitObject>()
  const make = (time: number, parents: Oid[], files: Record<string, string>, folder?: GitObject) => {
    const made = commitOf('c', parents, files, { time, folder })
    for (const object of made.objects) objects.set(object.oid, object)
    return made.commit
  }
  const folder = folderOf({ e: folderOf({ 'f.json': 'deep' }, objects) }, objects)
  const root = make(1, [], { a: 'one' })
  const edit = make(2, [root], { a: 'edited' })
  const side = make(5, [root], { a: 'aside' })
  const deep = make(4, [edit], { a: 'edited' }, folder)
  const merge = make(6, [deep, side], { a: 'merged' }, folder)
  const gone = make(7, [merge], { b: 'b' }, folder)
  await repository.land([...objects.values()], [{ ref: trunk, from: null, to: gone }])
  return { root, edit, side, deep, merge, gone }
}

function folderOf(children: Readonly<Record<string, string | GitObject>>, objects: Map<Oid, GitObject>): GitObject {
  const entries = Object.entries(children).map(([name, child]) => {
    const object = typeof child === 'string' ? makeObject('blob', Buffer.from(child)) : child
    objects.set(object.oid, object)
    return { name, mode: object.type === 'tree' ? ('40000' as const) : ('100644' as const), oid: object.oid }
  })
  const tree = encodeTree(entries)
  objects.set(tree.oid, tree)
  return tree
}

/** Texts in place of blob ids. */
function plain({ commit, changes }: LogEntry) {
  const texts = ['one', 'edited', 'aside', 'merged', 'deep', 'b', 'other']
  const named = new Map(texts.map((text) => [makeObject('blob', Buffer.from(text)).oid, text]))
  const text = (oid: Oid | null) => (oid === null ? null : named.get(oid))
  return [commit, changes.map(({ path, before, after }) => [path.join('/'), text(before), text(after)])] as const
}

/** A commit of these files in one folder, with all that it needs. */
function commitOf(
  message: string,
  parents: readonly Oid[],
  files: Readonly<Record<string, string | Buffer>>,
  { time = 1_700_000_000, folder }: { time?: number; folder?: GitObject } = {},
) {
  const blobs = Object.entries(files).map(([name, body]) => ({ name, blob: makeObject('blob', Buffer.from(body)) }))
  const entries = blobs.map(({ name, blob }) => ({ name, mode: '100644' as const, oid: blob.oid }))
  const tree = encodeTree(folder ? [...entries, { name: 'd', mode: '40000', oid: folder.oid }] : entries)
  const author = { name: 'Ada', email: 'ada@example.org' }
  const commit = encodeCommit({ tree: tree.oid, parents, author, time: time * 1_000, message })
  const objects: GitObject[] = [...blobs.map(({ blob }) => blob), tree, commit]
  return { objects, commit: commit.oid }
}
