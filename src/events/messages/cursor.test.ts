import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemory } from '../../git/memory.ts'
import { makeObject } from '../../git/objects/object.ts'
import type { Repository } from '../../git/repository.ts'
import { readCursor } from './cursor.ts'

test('a cursor that moved between the look at it and the reading of it is looked at again', async () => {
  const memory = openMemory()
  const [old, moved] = [1, 2].map((seq) => makeObject('blob', Buffer.from(`{"seq":${seq}}\n`)))
  await memory.land([moved!], [{ ref, from: null, to: moved!.oid }])
  let looks = 0
  const repository: Repository = {
    ...memory,
    refs: async (names) => (looks++ === 0 ? new Map([[ref, old!.oid]]) : await memory.refs(names)),
  }
  assert.deepEqual(await readCursor(repository, 'action'), { seq: 2, oid: moved!.oid })
})

test('a cursor whose blob is missing for good is an error', async () => {
  const gone = makeObject('blob', Buffer.from('{"seq":1}\n'))
  const repository: Repository = { ...openMemory(), refs: async () => new Map([[ref, gone.oid]]) }
  await assert.rejects(readCursor(repository, 'action'), { code: 'not_found' })
})

const ref = 'refs/commitbase/cursors/action'
