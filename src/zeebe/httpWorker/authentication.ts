import { digestOf } from '../../events/digest.ts'
import { jsonOrText } from './legacyContract.ts'
import { type Exchange, ExchangeFailure, JobProblem, type Plan } from './plan.ts'
import { textOf } from './template.ts'
import type { TokenCache } from './tokenCache.ts'

/** What an authentication adds to a request. */
export interface Credential {
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  /** Names of the secrets that the request's own host gets to see. */
  readonly secrets: readonly string[]
  /** Values made of secrets, to be masked like them. */
  readonly derived: readonly string[]
}

interface Means {
  readonly exchange: Exchange
  readonly tokens: TokenCache
  /** Names of the secrets in the input. */
  readonly secrets: readonly string[]
}

/** Reads the connector's input `authentication`, secrets put in. Throws `JobProblem` where a part of it is missing. */
export async function authenticate(input: unknown, means: Means): Promise<Credential> {
  const inputs = typeof input === 'object' && input !== null ? (input as Record<string, unknown>) : {}
  const need = (name: string) => textOf(inputs[name]) || missing(inputs.type, name)
  const { secrets } = means
  switch (textOf(inputs.type) || 'noAuth') {
    case 'noAuth':
      return { headers: {}, query: {}, secrets: [], derived: [] }
    case 'basic': {
      const credential = Buffer.from(`${need('username')}:${textOf(inputs.password)}`).toString('base64')
      return {
        headers: { authorization: `Basic ${credential}` },
        query: {},
        secrets,
        derived: secrets.length > 0 ? [credential] : [],
      }
    }
    case 'bearer':
      return { headers: { authorization: `Bearer ${need('token')}` }, query: {}, secrets, derived: [] }
    case 'apiKey': {
      const pair = { [need('name')]: need('value') }
      const inQuery = textOf(inputs.apiKeyLocation).toLowerCase() === 'query'
      return { headers: inQuery ? {} : pair, query: inQuery ? pair : {}, secrets, derived: [] }
    }
    case 'oauth-client-credentials-flow': {
      const token = await accessToken(inputs, need, means)
      return { headers: { authorization: `Bearer ${token}` }, query: {}, secrets: [], derived: [token] }
    }
    default:
      throw new JobProblem(
        `authentication.type must be noAuth, basic, bearer, apiKey or oauth-client-credentials-flow; got '${textOf(inputs.type)}'`,
      )
  }
}

type Need = (name: string) => string

/** RFC 6749 §4.4; the secrets go to the token endpoint only. */
async function accessToken(
  inputs: Record<string, unknown>,
  need: Need,
  { exchange, tokens, secrets }: Means,
): Promise<string> {
  const key = digestOf(inputs)
  const cached = tokens.get(key)
  if (cached !== undefined) return cached
  const answer = await exchange(tokenRequest(inputs, need, secrets))
  const body = jsonOrText(answer.text)
  const { access_token: token, expires_in: life } =
    typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  if (answer.status >= 500)
    throw new ExchangeFailure('network', `the token endpoint ${need('oauthTokenEndpoint')} answered ${answer.status}`)
  if (answer.status >= 400 || typeof token !== 'string' || token === '') {
    throw new JobProblem(
      `the token endpoint ${need('oauthTokenEndpoint')} gave no access token; it answered ${answer.status}: ${answer.text.slice(0, 500)}`,
    )
  }
  if (Number(life) > 0) tokens.set(key, token, Number(life))
  return token
}

function tokenRequest(inputs: Record<string, unknown>, need: Need, secrets: readonly string[]): Plan {
  const [clientId, clientSecret] = [need('clientId'), need('clientSecret')]
  const form = new URLSearchParams({ grant_type: 'client_credentials' })
  if (textOf(inputs.audience)) form.set('audience', textOf(inputs.audience))
  if (textOf(inputs.scopes)) form.set('scope', textOf(inputs.scopes))
  const headers: Record<string, string> = {
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
  }
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64')
  if (textOf(inputs.clientAuthentication) === 'credentialsBody') {
    form.set('client_id', clientId)
    form.set('client_secret', clientSecret)
  } else headers.authorization = `Basic ${basic}`
  const body = { text: form.toString(), beforeSecrets: '' }
  return {
    method: 'POST',
    url: need('oauthTokenEndpoint'),
    headers,
    body,
    secrets: new Set(secrets),
    bodySecrets: new Set(),
    derived: [basic],
    timeout: 20_000,
  }
}

function missing(type: unknown, name: string): never {
  throw new JobProblem(`authentication of type ${textOf(type)} needs '${name}', which is missing or empty`)
}
