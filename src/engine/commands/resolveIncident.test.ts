import assert from 'node:assert/strict'
import { test } from 'node:test'
import { end, flow, model, serviceTask, start } from '../testing/bpmn.ts'
import { given } from '../testing/engine.ts'

test('without retries it is refused as not found, and recorded as what it is: a state that does not allow it', async () => {
  const engine = await given(model('p', start(), serviceTask('work'), end(), flow('start -> work -> end')))
  engine.create('p')
  const { key: jobKey } = engine.job('work')
  engine.do({ type: 'FailJob', jobKey, retries: 0, errorMessage: '', retryBackOff: 0, variables: {} })
  const { key: incidentKey } = engine.incident()
  const reason = `Expected to resolve incident with key '${incidentKey}', but job with key '${jobKey}' has no retries left. Please update the job retries and retry resolving the incident`
  const { code, message } = engine.refused({ type: 'ResolveIncident', incidentKey })
  assert.equal(code, 'NOT_FOUND')
  assert.equal(message, `Command 'RESOLVE' rejected with code 'NOT_FOUND': ${reason}`)
  const { rejectionType, rejectionReason } = engine.records.at(-1)!
  assert.deepEqual({ rejectionType, rejectionReason }, { rejectionType: 'INVALID_STATE', rejectionReason: reason })
})

test('a job without retries that threw an error waits for them as well', async () => {
  const engine = await given(
    model('p', start(), serviceTask('work', 'work', { retries: '0' }), end(), flow('start -> work -> end')),
  )
  engine.create('p')
  const { key: jobKey } = engine.job('work')
  engine.do({ type: 'ThrowError', jobKey, errorCode: 'bad', errorMessage: '', variables: {} })
  const { key: incidentKey } = engine.incident()
  assert.match(engine.refused({ type: 'ResolveIncident', incidentKey }).message, /has no retries left/)
  engine.do({ type: 'UpdateJobRetries', jobKey, retries: 1 })
  engine.do({ type: 'ResolveIncident', incidentKey })
  assert.equal(engine.job('work').key, jobKey)
})
