import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { formatRecord, type JsonObject, parseJson } from '../../src/database/json/json.ts'

const db = join(import.meta.dirname, '../../db')

test("this repository's own records are as the database writes them", async () => {
  const files = (await readdir(db, { recursive: true })).filter((name) => name.endsWith('.json'))
  assert.ok(files.length > 0)
  for (const file of files) {
    const bytes = await readFile(join(db, file))
    const record = parseJson(bytes, file) as JsonObject
    assert.equal(record._id, basename(file, '.json'))
    assert.equal(bytes.toString(), formatRecord(record).toString(), file)
  }
})
