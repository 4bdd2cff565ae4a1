import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { end, errorBoundary, flow, messageCatch, model, serviceTask, start, subProcess } from '../testing/bpmn.ts'
import { given } from '../testing/engine.ts'

const restock = (sequential: boolean) =>
  model(
    'restock',
    start(),
    subProcess(
      'each',
      { multi: { sequential, in: '=products', as: 'product', out: 'stocks', element: '=stock.level' } },
      start('s'),
      serviceTask('dispatch'),
      messageCatch('stocked', 'STOCKED', '=product._id'),
      end('e'),
      flow('s -> dispatch -> stocked -> e'),
    ),
    end(),
    flow('start -> each -> end'),
  )

const products = (count: number) => Array.from({ length: count }, (_, n) => ({ _id: `p${n}` }))

test('parallel: whatever the order of the answers, outputs are in the order of the items, over restarts', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 7 }),
      fc.array(fc.nat(), { minLength: 40, maxLength: 40 }),
      async (count, picks) => {
        const engine = await given(restock(false))
        engine.create('restock', { products: products(count) })
        const jobs = engine.jobs('dispatch')
        const answers: (() => void)[] = jobs.map((job) => () => engine.complete(job))
        for (const { _id } of products(count)) {
          answers.push(() => engine.publish('STOCKED', _id, { stock: { level: _id } }, 60_000, _id))
        }
        for (const pick of picks) {
          const [next] = answers.splice(pick % Math.max(answers.length, 1), 1)
          next?.()
          if (pick % 7 === 0) await engine.restart()
        }
        assert.deepEqual(
          engine.finished.at(-1)?.variables.stocks,
          products(count).map(({ _id }) => _id),
        )
        assert.deepEqual(Object.keys(engine.finished.at(-1)!.variables), ['products', 'stocks'])
        assert.equal([...engine.state.elements.values()].length, 0)
      },
    ),
    { seed: 8, numRuns: 25 },
  )
})

test('sequential: one instance at a time, each with its item and number', async () => {
  const engine = await given(restock(true))
  engine.create('restock', { products: products(3) })
  for (const { _id } of products(3)) {
    const jobs = engine.jobs('dispatch')
    assert.equal(jobs.length, 1)
    assert.deepEqual(jobs[0]?.variables.product, { _id })
    engine.complete(jobs[0]!)
    await engine.restart()
    engine.publish('STOCKED', _id, { stock: { level: 1 } })
  }
  assert.deepEqual(engine.finished.at(-1)?.variables.stocks, [1, 1, 1])
})

const letters = (multi: object) =>
  model(
    'letters',
    start(),
    serviceTask('write', 'write', { multi: { in: '=items', ...multi } }),
    end(),
    flow('start -> write -> end'),
  )

test('an empty collection completes at once, with an empty output', async () => {
  const engine = await given(letters({ out: 'done', element: '=r' }))
  engine.create('letters', { items: [] })
  assert.deepEqual(engine.finished[0]?.variables, { items: [], done: [] })
})

test('a collection that is no list is an incident; it is evaluated again when that is resolved', async () => {
  const engine = await given(letters({ as: 'item' }))
  const key = engine.create('letters', { items: 'x' })
  const incident = engine.incident()
  assert.equal(incident.type, 'EXTRACT_VALUE_ERROR')
  assert.equal(incident.message, "Expected result of the expression 'items' to be 'ARRAY', but was 'STRING'.")
  engine.do({ type: 'SetVariables', elementInstanceKey: key, variables: { items: ['a'] }, local: false })
  await engine.restart()
  engine.do({ type: 'ResolveIncident', incidentKey: incident.key })
  assert.equal(engine.job('write').variables.item, 'a')
})

test('a sequential one reads its collection again for each instance', async () => {
  const engine = await given(letters({ sequential: true }))
  engine.create('letters', { items: [1, 2, 3] })
  engine.complete(engine.job('write'), { items: [1, 2] })
  engine.complete(engine.job('write'))
  assert.equal(engine.finished.length, 1)
})

test('a completion condition ends the others', async () => {
  const engine = await given(
    letters({ as: 'it', out: 'res', element: '=it', until: '=numberOfCompletedInstances >= 2' }),
  )
  engine.create('letters', { items: [1, 2, 3, 4] })
  const jobs = engine.jobs('write')
  engine.complete(jobs[0]!)
  assert.equal(engine.finished.length, 0)
  engine.complete(jobs[1]!)
  assert.deepEqual(engine.finished[0]?.variables.res, [1, 2, null, null])
  assert.equal([...engine.state.jobs.values()].length, 0)
})

test('a boundary event is on the body: an error of one instance ends all', async () => {
  const engine = await given(
    model(
      'letters',
      start(),
      serviceTask('write', 'write', { multi: { in: '=[1,2]' } }),
      errorBoundary('lost', 'write', 'LOST'),
      end(),
      end('sorry'),
      flow('start -> write -> end'),
      flow('lost -> sorry'),
    ),
  )
  engine.create('letters')
  engine.do({ type: 'ThrowError', jobKey: engine.job('write').key, errorCode: 'LOST', errorMessage: '', variables: {} })
  assert.equal(engine.lived('sorry').at(-1), 'sorry COMPLETED')
  assert.equal([...engine.state.jobs.values()].length, 0)
})
