import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { test } from 'node:test'
import {
  complete,
  completed,
  completedAt,
  fail,
  given,
  hasIncident,
  hasNoIncident,
  hasVariables,
  neverEntered,
  passed,
  publish,
  repair,
  start,
  throwError,
  wait,
  waitsAt,
  waitUntil,
} from '../../testing.ts'
import * as bpmn from '../testing/bpmn.ts'

const order = bpmn.model(
  'order',
  bpmn.start(),
  bpmn.serviceTask('reserve'),
  bpmn.messageCatch('paid', 'PAID', '=id'),
  bpmn.end(),
  bpmn.errorBoundary('soldOut', 'reserve', 'sold-out'),
  bpmn.end('sorry'),
  bpmn.flow('start -> reserve -> paid -> end'),
  bpmn.flow('soldOut -> sorry'),
)
const monthly = bpmn.model(
  'monthly',
  bpmn.start(),
  bpmn.serviceTask('subscription'),
  bpmn.timerBoundary('month', 'subscription', { cycle: 'R/P1M' }, { interrupting: false }),
  bpmn.end(),
  bpmn.end('billed'),
  bpmn.flow('start -> subscription -> end'),
  bpmn.flow('month -> billed'),
)

test('a process is walked to its end', () =>
  given(order)
    .when(
      start('order', { id: '7' }),
      complete('reserve', ({ id }) => ({ shelf: `s${id}` })),
      publish('PAID', '7', { amount: 5 }),
    )
    .then(
      completed('order'),
      passed('reserve', 'paid', 'end'),
      neverEntered('sorry'),
      hasVariables('order', { shelf: 's7', amount: 5 }),
      hasNoIncident(),
    ))

test('a thrown error takes its other way', () =>
  given(order)
    .when(start('order', { id: '7' }), throwError('reserve', 'sold-out'))
    .then(completed('order'), passed('soldOut', 'sorry'), neverEntered('paid')))

test('an incident is seen, and mended by an operator', async () => {
  const broken = [start('order'), complete('reserve')]
  await given(order)
    .when(...broken)
    .then(waitsAt('paid'), hasIncident('paid', 'correlation key'))
  await given(order)
    .when(...broken, repair('order', { id: '9' }), publish('PAID', '9'))
    .then(completed('order'), hasNoIncident())
})

test('a failed job is tried again after its back-off', () =>
  given(order)
    .when(
      start('order', { id: '7' }),
      fail('reserve', 'busy', { retries: 1, backoff: 'PT1M' }),
      wait('PT1M'),
      complete('reserve'),
    )
    .then(waitsAt('paid')))

test('in a year every timer fires in its order, at its instant', () =>
  given(monthly)
    .at('2026-01-15T12:00:00Z')
    .when(start('monthly'), wait('P1Y'))
    .then(
      waitsAt('subscription'),
      completedAt(
        'billed',
        ...[2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((month) => `2026-${String(month).padStart(2, '0')}-15T12:00:00Z`),
        '2027-01-15T12:00:00Z',
      ),
    ))

test('time passes until an instant', () =>
  given(monthly)
    .when(start('monthly'), waitUntil('2026-03-01T00:00:00Z'))
    .then(completedAt('billed', '2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z')))

test('the models that the project ships can be tested so', async () => {
  const path = new URL('../../../bpmn/', import.meta.url)
  const files = (await readdir(path)).filter((name) => name.endsWith('.bpmn'))
  const models = await Promise.all(
    files.map(async (name) => ({ name, content: await readFile(new URL(name, path), 'utf8') })),
  )
  await given(...models)
    .when()
    .then(hasNoIncident())
})

test('what is not so is told with what happened', async () => {
  const wrong = given(order)
    .when(start('order', { id: '7' }))
    .then(completed('order'))
  await assert.rejects(
    wrong,
    /0 instances of 'order' completed, not 1\nwhat happened:\n {2}2026-01-01T00:00:00.000Z order ACTIVATED/,
  )
  const absent = given(order).when(start('order'), complete('nothing')).then()
  await assert.rejects(absent, /no job of type 'nothing' waits; jobs wait of type reserve/)
  await assert.rejects(given('<a').when().then(), { code: 'invalid' })
  await assert.rejects(given(order).when(wait('soon')).then(), /'soon' is no ISO 8601 duration/)
})
