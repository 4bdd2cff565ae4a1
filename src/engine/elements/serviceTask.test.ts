import assert from 'node:assert/strict'
import { test } from 'node:test'
import { end, flow, messageCatch, model, serviceTask, start } from '../testing/bpmn.ts'
import { given } from '../testing/engine.ts'

const order = model(
  'order',
  start(),
  serviceTask('reserve', 'reserve', {
    inputs: { sku: '=item.sku', again: '=sku', 'n.m': '=1', gone: '=missing' },
    outputs: { reserved: '=ok', 'o.x': '=1' },
    headers: { h: 'v' },
  }),
  messageCatch('paid', 'PAID', '=orderId'),
  end(),
  flow('start -> reserve -> paid -> end'),
)

test('a job has its mapped variables, completes its task, and the process waits for its message', async () => {
  const engine = await given(order)
  const key = engine.create('order', { orderId: 'o1', item: { sku: 's1' }, o: { y: 2 } })
  const job = engine.job('reserve')
  assert.deepEqual(job.variables, {
    sku: 's1',
    again: 's1',
    n: { m: 1 },
    gone: null,
    orderId: 'o1',
    item: { sku: 's1' },
    o: { y: 2 },
  })
  assert.deepEqual(job.customHeaders, { h: 'v' })
  await engine.restart()
  engine.complete(job, { ok: true, unmapped: 1 })
  assert.deepEqual(engine.variables(key), { orderId: 'o1', item: { sku: 's1' }, o: { y: 2, x: 1 }, reserved: true })
  await engine.restart()
  engine.publish('PAID', 'other')
  assert.deepEqual(engine.running(), ['paid'])
  engine.publish('PAID', 'o1', { amount: 5 })
  assert.deepEqual(engine.running(), [])
  assert.deepEqual(engine.finished.at(-1)?.variables, {
    orderId: 'o1',
    item: { sku: 's1' },
    o: { y: 2, x: 1 },
    reserved: true,
    amount: 5,
  })
  assert.equal(engine.state.scopes.get(key), undefined)
})
