// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a placeholder of the other contract, which is data here
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Job, Outcome } from '../job.ts'
import { jobWith } from '../testing/job.ts'
import { connectorContract } from './connectorContract.ts'
import { type Answer, type Exchange, ExchangeFailure, type Plan } from './plan.ts'
import type { Secret } from './secret.ts'
import { TokenCache } from './tokenCache.ts'

const secrets = new Map<string, Secret>([
  ['Token', { value: 'ghp_secret', hosts: ['a.example'] }],
  ['OTHER', { value: 'other_secret', hosts: ['b.example'] }],
])

function planning(exchange: Exchange = () => assert.fail('nothing to fetch'), clock = () => 0) {
  const contract = connectorContract({ clock, tokens: new TokenCache(clock) })
  return (variables: Record<string, unknown>, customHeaders: Record<string, string> = {}) =>
    contract.plan(
      jobWith({ variables: { url: 'https://a.example/x', ...variables }, customHeaders }),
      secrets,
      exchange,
    )
}

const plan = planning()
const contract = connectorContract({ clock: () => 0, tokens: new TokenCache(() => 0) })
const job = (customHeaders: Record<string, string>): Job => jobWith({ customHeaders, retries: 3 })

function outcome(answer: Partial<Answer>, customHeaders: Record<string, string> = {}): Outcome {
  return contract.outcomeOf(job(customHeaders), {
    status: 200,
    reason: 'OK',
    headers: { etag: 'e' },
    text: '{"id":7}',
    ...answer,
  })
}

test('the inputs make the request', async () => {
  const made = await plan({
    method: 'post',
    url: 'https://a.example/x?a=1',
    headers: { 'X-One': 1, Accept: 'text/plain', none: null },
    queryParameters: { q: 'a b', t: '{{secrets.Token}}' },
    body: { name: '{{secrets.OTHER}}', data: '{{Token}} ${Token}' },
    readTimeoutInSeconds: '5',
  })
  assert.equal(made.method, 'POST')
  assert.equal(made.url, 'https://a.example/x?a=1&q=a+b&t=ghp_secret')
  assert.deepEqual(made.headers, { 'content-type': 'application/json', 'x-one': '1', accept: 'text/plain' })
  assert.deepEqual(JSON.parse(made.body!.text), { name: 'other_secret', data: '{{Token}} ${Token}' })
  assert.match(made.body!.beforeSecrets, /\{\{secrets\.OTHER\}\}/)
  assert.deepEqual([[...made.secrets], [...made.bodySecrets], made.timeout], [['Token'], ['OTHER'], 5_000])
})

test('20 s unless given; the connection’s time counts where the reading’s is not said', async () => {
  assert.equal((await plan({})).timeout, 20_000)
  assert.equal((await plan({ connectionTimeoutInSeconds: 3 })).timeout, 3_000)
})

test('each authentication becomes its header or parameter', async () => {
  const authorization = async (authentication: object) => (await plan({ authentication })).headers.authorization
  assert.equal(await authorization({ type: 'noAuth' }), undefined)
  assert.equal(await authorization({ type: 'bearer', token: '{{secrets.Token}}' }), 'Bearer ghp_secret')
  assert.equal(
    await authorization({ type: 'basic', username: 'u', password: '{{secrets.Token}}' }),
    `Basic ${btoa('u:ghp_secret')}`,
  )
  assert.equal(
    (await plan({ authentication: { type: 'apiKey', apiKeyLocation: 'headers', name: 'X-Key', value: 'v' } })).headers[
      'X-Key'
    ],
    'v',
  )
  assert.equal(
    (await plan({ authentication: { type: 'apiKey', apiKeyLocation: 'query', name: 'key', value: 'v' } })).url,
    'https://a.example/x?key=v',
  )
})

test('a credential made of a secret is to be masked like it', async () => {
  const { derived, secrets: used } = await plan({
    authentication: { type: 'basic', username: 'u', password: '{{secrets.Token}}' },
  })
  assert.deepEqual([derived, [...used]], [[btoa('u:ghp_secret')], ['Token']])
})

test('an OAuth token is fetched with the secret, which goes to the token endpoint only, and kept until it expires', async () => {
  const asked: Plan[] = []
  let now = 0
  const fetchToken: Exchange = async (request) => {
    asked.push(request)
    return { status: 200, reason: '', headers: {}, text: `{"access_token":"t${asked.length}","expires_in":60}` }
  }
  const plan = planning(fetchToken, () => now)
  const authentication = {
    type: 'oauth-client-credentials-flow',
    oauthTokenEndpoint: 'https://b.example/token',
    clientId: 'me',
    clientSecret: '{{secrets.OTHER}}',
    scopes: 's',
    audience: 'a',
    clientAuthentication: 'basicAuthHeader',
  }
  const first = await plan({ authentication })
  assert.deepEqual([first.headers.authorization, [...first.secrets], first.derived], ['Bearer t1', [], ['t1']])
  assert.equal((await plan({ authentication })).headers.authorization, 'Bearer t1')
  now = 31_000
  assert.equal((await plan({ authentication })).headers.authorization, 'Bearer t2')
  assert.deepEqual(
    [asked[0]!.url, asked[0]!.headers.authorization, [...asked[0]!.secrets]],
    ['https://b.example/token', `Basic ${btoa('me:other_secret')}`, ['OTHER']],
  )
  assert.equal(asked[0]!.body!.text, 'grant_type=client_credentials&audience=a&scope=s')
})

test('a form body is encoded as a form, and a text stays as it is', async () => {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
  assert.equal((await plan({ method: 'POST', headers, body: { a: 'x y', b: 2 } })).body!.text, 'a=x+y&b=2')
  assert.equal((await plan({ method: 'POST', body: 'hello' })).body!.text, 'hello')
})

test('inputs that are wrong are problems of the job, told by name', async () => {
  await assert.rejects(plan({ url: null }), { message: /'url' is missing/ })
  await assert.rejects(plan({ url: 'x' }), { message: /'url' must be an http\(s\) URL/ })
  await assert.rejects(plan({ headers: 'x' }), { message: /'headers' must be a context/ })
  await assert.rejects(plan({ body: '{{secrets.NONE}}' }), { message: /Secret with name 'NONE' is not available/ })
  await assert.rejects(plan({ authentication: { type: 'magic' } }), { message: /got 'magic'/ })
  await assert.rejects(plan({ authentication: { type: 'bearer' } }), { message: /needs 'token'/ })
  await assert.rejects(plan({}, { retryBackoff: 'soon' }), { message: /ISO 8601 duration, e\.g\. PT5M; got 'soon'/ })
})

test('resultVariable gets the response whole, resultExpression’s context is merged', () => {
  const response = { status: 200, headers: { etag: 'e' }, body: { id: 7 }, reason: 'OK' }
  assert.deepEqual(outcome({}), { type: 'complete', variables: {} })
  assert.deepEqual(outcome({}, { resultVariable: 'r' }), { type: 'complete', variables: { r: response } })
  assert.deepEqual(outcome({}, { resultExpression: '={id: response.body.id, s: status, again: response}' }), {
    type: 'complete',
    variables: { id: 7, s: 200, again: response },
  })
  assert.deepEqual(outcome({ text: '' }, { resultVariable: 'r' }), {
    type: 'complete',
    variables: { r: { ...response, body: null } },
  })
})

test('from 400 on it is an error: the job fails with one retry less', () => {
  const failed = outcome({ status: 404, reason: 'Not Found', text: '{"message":"no"}' })
  assert.deepEqual(failed, {
    type: 'fail',
    message: 'Http request failed with 404 Not Found: {"message":"no"}',
    retries: 2,
    variables: {
      error: {
        code: '404',
        message: 'Not Found',
        type: 'io.camunda.connector.api.error.ConnectorException',
        variables: { response: { headers: { etag: 'e' }, body: { message: 'no' } } },
      },
    },
  })
})

test('retryBackoff is waited for', () => {
  const failed = outcome({ status: 404 }, { retryBackoff: 'PT5M' })
  assert.equal(failed.type === 'fail' && failed.backOff, 300_000)
})

test('errorExpression decides: a BPMN error, another failure, no failure, or nothing', () => {
  const error = (errorExpression: string) => outcome({ status: 409, text: '{"why":"sold out"}' }, { errorExpression })
  assert.deepEqual(
    error('=if error.code = "409" then bpmnError("SOLD_OUT", error.variables.response.body.why, {n: 1}) else null'),
    {
      type: 'error',
      code: 'SOLD_OUT',
      message: 'sold out',
      variables: { n: 1 },
    },
  )
  assert.deepEqual(error('bpmnError("X", "y")'), { type: 'error', code: 'X', message: 'y', variables: {} })
  assert.deepEqual(error('=jobError("again", {a: 1}, job.retries - 1, duration("PT10S"))'), {
    type: 'fail',
    message: 'again',
    retries: 2,
    backOff: 10_000,
    variables: { a: 1, error: 'again' },
  })
  assert.deepEqual(error('=jobError("stop")'), {
    type: 'fail',
    message: 'stop',
    retries: 0,
    backOff: 0,
    variables: { error: 'stop' },
  })
  assert.deepEqual(error('=ignoreError({gone: true})'), { type: 'complete', variables: { gone: true } })
  assert.deepEqual(error('=ignoreError()'), { type: 'complete', variables: {} })
  for (const nothing of ['=null', '={}', '=bpmnError(null, "x")']) assert.equal(error(nothing).type, 'fail', nothing)
})

test('errorExpression is asked for a success too', () => {
  const errorExpression = '=if response.body.id = 7 then bpmnError("SEVEN", "it is seven") else null'
  assert.deepEqual(outcome({}, { errorExpression }), {
    type: 'error',
    code: 'SEVEN',
    message: 'it is seven',
    variables: {},
  })
})

test('a timeout is 408 to an errorExpression', () => {
  const failure = new ExchangeFailure('timeout', 'too late')
  const asked = contract.outcomeOfFailure(
    job({ errorExpression: '=if error.code = "408" then bpmnError("LATE", error.message) else null' }),
    failure,
  )
  assert.deepEqual(asked, { type: 'error', code: 'LATE', message: 'too late', variables: {} })
  const failed = contract.outcomeOfFailure(job({}), failure)
  assert.deepEqual(failed.type === 'fail' && [failed.retries, failed.backOff], [2, 1_000])
})

test('an expression that gives something else, or is no FEEL, is a problem of the job', () => {
  assert.throws(() => outcome({}, { resultExpression: '=[1]' }), {
    message: /resultExpression must give a context.*it gave \[1\]/,
  })
  assert.throws(() => outcome({}, { resultExpression: '={' }), {
    message: /resultExpression '=\{' cannot be evaluated/,
  })
  assert.throws(() => outcome({}, { errorExpression: '="x"' }), { message: /errorExpression must give/ })
})
