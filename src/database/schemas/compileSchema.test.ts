import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { schemaOf } from '../operations/operation.ts'
import { operations } from '../operations/operations.ts'
import { settingsSchema } from '../tables/settings.ts'

const checker = new Ajv2020()

test('every schema that is compiled unchecked is a JSON Schema (2020-12)', () => {
  assert.equal(checker.validateSchema({ type: 'a word' }), false)
  for (const schema of [settingsSchema, ...operations.map(schemaOf)])
    assert.ok(checker.validateSchema(schema), checker.errorsText())
})
