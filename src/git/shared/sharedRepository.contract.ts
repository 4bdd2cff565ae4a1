import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { makeObject } from '../objects/object.ts'
import type { SharedRepository } from '../repository.ts'
import { checksOf, type UnderTest } from '../testing/checksOf.ts'

/** What every repository does that others write to as well, beside what each repository does. */
export function testSharedRepository(
  name: string,
  make: (t: TestContext) => Promise<UnderTest<SharedRepository>>,
): void {
  const check = checksOf(name, make)

  check('one push moves each ref that is what was built on, and leaves the others', async (open) => {
    const [one, other] = [await open(), await open()]
    assert.deepEqual(await one.landEach([a], [{ ref: lease, from: null, to: a.oid }]), { moved: new Set([lease]) })
    const { moved } = await other.landEach(
      [b],
      [
        { ref: inbox, from: null, to: b.oid },
        { ref: lease, from: null, to: b.oid },
      ],
    )
    assert.deepEqual([...moved], [inbox])
    assert.deepEqual(
      await one.refs(['refs/']),
      new Map([
        [inbox, b.oid],
        [lease, a.oid],
      ]),
    )
    assert.equal((await one.read([b.oid]))[0]!.body.toString(), 'b')
  })

  check('one push moves one ref on and deletes another', async (open) => {
    const repository = await open()
    const updates = [inbox, lease].map((ref) => ({ ref, from: null, to: a.oid }))
    await repository.landEach([a], updates)
    const { moved } = await repository.landEach(
      [b],
      [
        { ref: inbox, from: a.oid, to: null },
        { ref: lease, from: a.oid, to: b.oid },
      ],
    )
    assert.deepEqual([...moved].sort(), [inbox, lease])
    assert.deepEqual(await repository.refs(['refs/']), new Map([[lease, b.oid]]))
    assert.deepEqual([...(await repository.landEach([], [{ ref: lease, from: a.oid, to: null }])).moved], [])
    assert.deepEqual(await repository.refs(['refs/']), new Map([[lease, b.oid]]))
  })

  check('of those who claim a ref at once one gets it, and each knows whether it did', async (open) => {
    const writers = await Promise.all(Array.from({ length: 4 }, () => open()))
    const blobs = writers.map((_, index) => makeObject('blob', Buffer.from(`writer ${index}`)))
    const landed = await Promise.all(
      writers.map((writer, index) =>
        writer.landEach(
          [blobs[index]!],
          [
            { ref: `${inbox}${index}`, from: null, to: blobs[index]!.oid },
            { ref: lease, from: null, to: blobs[index]!.oid },
          ],
        ),
      ),
    )
    const winners = landed.flatMap(({ moved }, index) => (moved.has(lease) ? [index] : []))
    assert.equal(winners.length, 1)
    for (const [index, { moved }] of landed.entries()) assert.ok(moved.has(`${inbox}${index}`))
    assert.equal((await writers[0]!.refs([lease])).get(lease), blobs[winners[0]!]!.oid)
  })
}

const lease = 'refs/commitbase/lease'
const inbox = 'refs/commitbase/inbox/a'
const [a, b] = ['a', 'b'].map((text) => makeObject('blob', Buffer.from(text))) as [
  ReturnType<typeof makeObject>,
  ReturnType<typeof makeObject>,
]
