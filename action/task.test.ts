import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Job } from '../src/zeebe/job.ts'
import { runTask, type Task, type TaskContext } from './task.ts'

const job = { key: '1', type: 't', variables: { a: 1 } } as unknown as Job
const context = {} as TaskContext
const run = (task: Task) => runTask(task, job, context)

test('a task answers as in zeebe-action, as in zeebe-node, or gives an outcome', async () => {
  assert.deepEqual(await run((_job, complete) => complete.success({ b: 2 })), { type: 'complete', variables: { b: 2 } })
  assert.deepEqual(await run((job) => job.complete({ b: job.variables.a })), { type: 'complete', variables: { b: 1 } })
  assert.deepEqual(await run((_job, complete) => complete.failure('no', 1)), {
    type: 'fail',
    message: 'no',
    retries: 1,
  })
  assert.deepEqual(await run((job) => job.error('CODE', 'words')), { type: 'error', code: 'CODE', message: 'words' })
  assert.deepEqual(await run((_job, complete) => complete.forwarded()), { type: 'leave' })
  assert.deepEqual(await run(async () => ({ type: 'complete', variables: {} })), { type: 'complete', variables: {} })
})

test('a task may answer after it has returned', async () => {
  assert.deepEqual(await run((_job, complete) => void setImmediate(() => complete.success())), {
    type: 'complete',
    variables: undefined,
  })
})

test('what a task throws fails the job', async () => {
  await assert.rejects(
    run(() => {
      throw new Error('broken')
    }),
    /broken/,
  )
})
