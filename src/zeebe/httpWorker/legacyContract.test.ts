// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are placeholders of the contract
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Job } from '../job.ts'
import { jobWith } from '../testing/job.ts'
import { legacyContract } from './legacyContract.ts'
import { type Answer, ExchangeFailure } from './plan.ts'
import type { Secret } from './secret.ts'

const secrets = new Map<string, Secret>([['GitHubToken', { value: 'ghp_secret', hosts: ['api.github.com'] }]])
const plan = (parts: Partial<Job>) =>
  legacyContract.plan(jobWith(parts), secrets, () => assert.fail('nothing to fetch'))
const outcome = (answer: Partial<Answer>, customHeaders: Record<string, string> = {}, retries = 3) =>
  legacyContract.outcomeOf(jobWith({ customHeaders, retries }), {
    status: 200,
    reason: '',
    headers: {},
    text: '',
    ...answer,
  })

test('what is not said has its default', async () => {
  const { method, url, headers, body, timeout } = await plan({ customHeaders: { url: 'https://a.example/' } })
  assert.deepEqual(
    { method, url, headers, body, timeout },
    {
      method: 'GET',
      url: 'https://a.example/',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: undefined,
      timeout: 60_000,
    },
  )
})

test('headers are overwritten by variables, variables by secrets, all by the job’s own keys', async () => {
  const { url } = await plan({
    key: '9',
    customHeaders: { url: 'https://a.example/{{jobKey}}/{{x}}/{{y}}/{{GitHubToken}}', x: 'header', y: 'header' },
    variables: { x: 'variable', jobKey: 'not this', GitHubToken: 'not this' },
  })
  assert.equal(url, 'https://a.example/9/variable/header/ghp_secret')
})

test('five keys are found in any case, a variable’s before a header’s; null and empty ones are not there', async () => {
  const { method, url, headers } = await plan({
    customHeaders: { URL: 'https://a.example', Method: 'post', CONTENTTYPE: 'text/plain', Accept: 'text/html' },
    variables: { url: 'https://b.example', method: null, Authorization: 'token {{GitHubToken}}', accept: '' },
  })
  assert.deepEqual(
    [method, url, headers],
    [
      'POST',
      'https://b.example',
      { 'content-type': 'text/plain', accept: 'text/html', authorization: 'token ghp_secret' },
    ],
  )
})

test('header-<X> adds request headers', async () => {
  const { headers, secrets: used } = await plan({
    customHeaders: { url: 'https://a.example', 'header-X-Api-Key': '{{GitHubToken}}', 'header-x-n': '{{n}}' },
    variables: { n: 7 },
  })
  assert.deepEqual([headers['x-api-key'], headers['x-n']], ['ghp_secret', '7'])
  assert.deepEqual([...used], ['GitHubToken'])
})

test('a text body is a template, with and without its secrets', async () => {
  const {
    body,
    bodySecrets,
    secrets: used,
  } = await plan({
    customHeaders: { url: 'https://a.example', body: '{"a":"{{a}}","b":"${a}","t":"{{secrets.GitHubToken}}"}' },
    variables: { a: 'x & "y"' },
  })
  assert.equal(body!.text, '{"a":"x & "y"","b":"x & "y"","t":"ghp_secret"}')
  assert.equal(body!.beforeSecrets, '{"a":"x & "y"","b":"x & "y"","t":"{{secrets.GitHubToken}}"}')
  assert.deepEqual([[...bodySecrets], [...used]], [['GitHubToken'], []])
})

test('an object body is sent as JSON, known placeholders replaced within it', async () => {
  const { body } = await plan({
    customHeaders: { url: 'https://a.example' },
    variables: { body: { a: ['{{order.id}}', 1], note: '{{smile}}' }, order: { id: 7 } },
  })
  assert.equal(body!.text, '{"a":["7",1],"note":"{{smile}}"}')
})

test('bodies of headers and variables are merged deeply', async () => {
  const { body } = await plan({
    customHeaders: { url: 'https://a.example', body: '{"event_type":"x","client_payload":{"a":1,"b":"{{n}}"}}' },
    variables: { body: { client_payload: { a: 2, c: { d: 3 } } }, n: 'n' },
  })
  assert.deepEqual(JSON.parse(body!.text), { event_type: 'x', client_payload: { a: 2, b: 'n', c: { d: 3 } } })
})

test('a missing url, and an authorization with a name that nothing has, are problems of the job', async () => {
  await assert.rejects(plan({}), { message: /Missing required parameter: url/ })
  const authorization = 'Bearer {{GithubToken}}'
  await assert.rejects(plan({ customHeaders: { url: 'https://a.example' }, variables: { authorization } }), {
    message: /names 'GithubToken'.*ZEEBE_ENV_GithubToken/,
  })
})

test('success gives statusCode and, if not empty, body: JSON where it is JSON', () => {
  assert.deepEqual(outcome({ status: 204 }), { type: 'complete', variables: { statusCode: 204 } })
  assert.deepEqual(outcome({ text: '{"a":[1]}' }), {
    type: 'complete',
    variables: { statusCode: 200, body: { a: [1] } },
  })
  assert.deepEqual(outcome({ text: 'hello' }), { type: 'complete', variables: { statusCode: 200, body: 'hello' } })
})

test('a whole number that a double would round comes as its digits', () => {
  const { variables } = outcome({ text: '{"id": 12345678901234567890, "n": 9007199254740991, "x": 1.5}' }) as {
    variables: object
  }
  assert.deepEqual(variables, {
    statusCode: 200,
    body: { id: '12345678901234567890', n: 9007199254740991, x: 1.5 },
  })
})

test('failure takes a retry; what may pass is given time', () => {
  assert.deepEqual(outcome({ status: 404, text: 'no' }), {
    type: 'fail',
    message: 'Http request failed with 404: no',
    retries: 2,
  })
  assert.deepEqual(outcome({ status: 301 }), { type: 'fail', message: 'Http request failed with 301: ', retries: 2 })
  assert.deepEqual(outcome({ status: 503 }), {
    type: 'fail',
    message: 'Http request failed with 503: ',
    retries: 2,
    backOff: 1000,
  })
  assert.deepEqual(outcome({ status: 429, headers: { 'retry-after': '30' } }), {
    type: 'fail',
    message: 'Http request failed with 429: ',
    retries: 2,
    backOff: 30_000,
  })
  const down = legacyContract.outcomeOfFailure(
    jobWith({ retries: 2 }),
    new ExchangeFailure('network', 'a.example cannot be reached'),
  )
  assert.deepEqual(down, {
    type: 'fail',
    message: 'Http request failed: a.example cannot be reached',
    retries: 1,
    backOff: 2000,
  })
})

test('the lists of status codes decide, the failing one first; what is in neither is left', () => {
  assert.equal(
    outcome({ status: 404 }, { statusCodeCompletion: '2xx, 404', statusCodeFailure: '5XX' }).type,
    'complete',
  )
  assert.equal(outcome({ status: 202 }, { statusCodeCompletion: '202', statusCodeFailure: '202' }).type, 'fail')
  assert.equal(
    outcome({ status: 202 }, { statusCodeCompletion: '200,201', statusCodeFailure: '4xx,5xx' }).type,
    'leave',
  )
})

test('a code found in a failed answer is a BPMN error, with the message found or the default one', () => {
  const text = '{"error":{"code":"SOLD_OUT","text":"none left","list":[{"n":7}]}}'
  assert.deepEqual(outcome({ status: 409, text }, { errorCodePath: 'error.code', errorMessagePath: 'error.text' }), {
    type: 'error',
    code: 'SOLD_OUT',
    message: 'none left',
  })
  assert.deepEqual(outcome({ status: 409, text }, { errorCodePath: 'error.list.0.n' }), {
    type: 'error',
    code: '7',
    message: `Http request failed with 409: ${text}`,
  })
  assert.equal(outcome({ status: 409, text }, { errorCodePath: 'error.nothing' }).type, 'fail')
  assert.equal(outcome({ status: 409, text: 'no json' }, { errorCodePath: 'error.code' }).type, 'fail')
  assert.equal(outcome({ status: 200, text }, { errorCodePath: 'error.code' }).type, 'complete')
})
