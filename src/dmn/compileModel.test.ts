import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileModel } from './compileModel.ts'
import { decision, literal, model } from './testing/dmn.ts'

/*
 * What a model decides is held against dmn-scala in test/conformance/dmn; here is what a reader asks of the file.
 */

test('a model has an id, a name, a namespace and its decisions', async () => {
  const compiled = await compileModel(model(decision('price', literal('1')), decision('total', literal('price * 2'))))
  assert.ok('model' in compiled)
  const { id, name, namespace, decisions } = compiled.model
  assert.deepEqual({ id, name, namespace }, { id: 'model', name: 'Model', namespace: 'http://commitbase/dmn' })
  assert.deepEqual(new Set(decisions.keys()), new Set(['price', 'total']))
})

test('a decision has its version tag', async () => {
  const compiled = await compileModel(model(decision('price', literal('1'), { versionTag: 'v2' })))
  assert.ok('model' in compiled)
  assert.equal(compiled.model.decisions.get('price')?.versionTag, 'v2')
})

test('each problem of a file is told, and the same expression once', async () => {
  const compiled = await compileModel(
    model(decision('a', literal('1 +')), decision('b', literal('1 +')), decision('c')),
  )
  assert.ok('refused' in compiled)
  const [first, second, ...more] = compiled.refused.split('\n')
  assert.match(first!, /^FEEL expression: failed to parse expression '1 \+'/)
  assert.equal(second, "unsupported decision expression 'null'")
  assert.deepEqual(more, [])
})

test('a document type is refused, so that nothing outside of the file is read', async () => {
  const compiled = await compileModel(
    model(decision('a', literal('1'))).replace('<definitions', '<!DOCTYPE a><definitions'),
  )
  assert.ok('refused' in compiled)
})
