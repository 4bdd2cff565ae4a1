import { CommitbaseError } from '../errors.ts'

/** Where an engine is and how it is spoken to. */
export interface EngineOptions {
  /** `host:port`; `http://`, `https://`, `grpc://` and `grpcs://` before it are understood. The port is 26500 unless given, 443 with TLS by scheme. */
  readonly address: string
  /** No TLS. Unless given: what the scheme says, else plain text to a loopback address or without credentials. */
  readonly plaintext?: boolean
  readonly oauth?: OAuthCredentials
  /** In PEM: whose certificates are trusted, instead of those that Node trusts. */
  readonly certificates?: Buffer
  readonly basicAuth?: { readonly username: string; readonly password: string }
  /** Camunda's id of the cluster, where it is one of theirs. */
  readonly clusterId?: string
}

export interface OAuthCredentials {
  readonly clientId: string
  readonly clientSecret: string
  readonly authorizationServerUrl: string
  readonly audience?: string
}

export type Environment = Readonly<Record<string, string | undefined>>

/**
 * The engine that the environment names, in the variables that Camunda hands out with a client's credentials and zeebe-node,
 * zbctl and the Java client read too; undefined where it names none. Throws `invalid` where half of the credentials is missing.
 */
export function optionsFromEnvironment(env: Environment): EngineOptions | undefined {
  const clusterId = text(env, 'CAMUNDA_CLUSTER_ID') ?? text(env, 'ZEEBE_CAMUNDA_CLOUD_CLUSTER_ID')
  const address = text(env, 'ZEEBE_ADDRESS') ?? text(env, 'ZEEBE_GRPC_ADDRESS') ?? cloudAddress(env, clusterId)
  if (address === undefined) return undefined
  const plaintext = plaintextFrom(env)
  const oauth = oauthFrom(env, address, clusterId)
  const basicAuth = basicAuthFrom(env)
  return {
    address,
    ...(plaintext === undefined ? {} : { plaintext }),
    ...(oauth === undefined ? {} : { oauth }),
    ...(basicAuth === undefined ? {} : { basicAuth }),
    ...(clusterId === undefined ? {} : { clusterId }),
  }
}

const cloudDomain = 'zeebe.camunda.io'
const cloudAuthorizationServer = 'https://login.cloud.camunda.io/oauth/token'
const cloudRegion = 'bru-2'

function cloudAddress(env: Environment, clusterId: string | undefined): string | undefined {
  if (clusterId === undefined) return undefined
  return `https://${clusterId}.${text(env, 'CAMUNDA_CLUSTER_REGION') ?? cloudRegion}.${cloudDomain}:443`
}

function oauthFrom(env: Environment, address: string, clusterId: string | undefined): OAuthCredentials | undefined {
  const clientId = text(env, 'ZEEBE_CLIENT_ID')
  const clientSecret = text(env, 'ZEEBE_CLIENT_SECRET')
  if (clientId === undefined && clientSecret === undefined) return undefined
  if (clientId === undefined || clientSecret === undefined) {
    const missing = clientId === undefined ? 'ZEEBE_CLIENT_ID' : 'ZEEBE_CLIENT_SECRET'
    throw new CommitbaseError(
      'invalid',
      `the engine's credentials are half there: ${missing} is not set; set it, or unset the other`,
    )
  }
  const inCloud = clusterId !== undefined || address.includes(cloudDomain)
  const url = text(env, 'ZEEBE_AUTHORIZATION_SERVER_URL') ?? text(env, 'CAMUNDA_OAUTH_URL')
  if (url === undefined && !inCloud) {
    throw new CommitbaseError(
      'invalid',
      `the engine at ${address} has a client id and no place to get a token from: set ZEEBE_AUTHORIZATION_SERVER_URL`,
    )
  }
  const audience = text(env, 'ZEEBE_TOKEN_AUDIENCE') ?? (inCloud ? cloudDomain : undefined)
  return {
    clientId,
    clientSecret,
    authorizationServerUrl: url ?? cloudAuthorizationServer,
    ...(audience === undefined ? {} : { audience }),
  }
}

function basicAuthFrom(env: Environment): EngineOptions['basicAuth'] {
  const username = text(env, 'ZEEBE_BASIC_AUTH_USERNAME')
  const password = text(env, 'ZEEBE_BASIC_AUTH_PASSWORD')
  return username === undefined || password === undefined ? undefined : { username, password }
}

function plaintextFrom(env: Environment): boolean | undefined {
  const secure = flag(env, 'ZEEBE_SECURE_CONNECTION')
  if (secure !== undefined) return !secure
  return flag(env, 'ZEEBE_INSECURE_CONNECTION')
}

function flag(env: Environment, name: string): boolean | undefined {
  const value = text(env, name)?.toLowerCase()
  if (value === undefined) return undefined
  if (value === 'true' || value === 'false') return value === 'true'
  throw new CommitbaseError('invalid', `${name} must be true or false; got '${value}'`)
}

function text(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim()
  return value === '' ? undefined : value
}
