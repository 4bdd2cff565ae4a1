import { resolve } from 'node:path'
import type { EngineOptions } from '../engine/start.ts'
import { CommitbaseError } from '../errors.ts'

export const securityHelp = `  ZEEBE_GATEWAY_SECURITY_ENABLED=true                      the gateway speaks TLS, with
  ZEEBE_GATEWAY_SECURITY_CERTIFICATECHAINPATH, _PRIVATEKEYPATH   these files (PEM)
  COMMITBASE_ENGINE_USER, COMMITBASE_ENGINE_PASSWORD       callers have to give these (HTTP basic)
  COMMITBASE_ENGINE_JWKS_URL                               or a token that these keys verify; _PUBLIC_KEY (PEM) or _SECRET instead of the URL,
                                                           _ISSUER and _AUDIENCE for what must be in it
  COMMITBASE_ENGINE_MANAGEMENT_GUARDED=true                the management port asks for the same; else it asks nobody
  SERVER_SSL_ENABLED=true                                  the REST API speaks TLS, with SERVER_SSL_CERTIFICATE, _CERTIFICATEPRIVATEKEY (PEM)
  MANAGEMENT_SERVER_SSL_ENABLED=true                       the management port does, with MANAGEMENT_SERVER_SSL_…`

type Security = NonNullable<EngineOptions['security']>
type Tls = NonNullable<Security['tls']>
type Environment = Readonly<Record<string, string | undefined>>

/** How the engine's doors are guarded, by the environment, whose paths mean the folder; undefined: not at all. Throws `invalid` for half of it. */
export function securityFrom(environment: Environment, folder: string): Security | undefined {
  const tls = filesFrom(environment, folder, ['ZEEBE_GATEWAY_SECURITY_', 'CERTIFICATECHAINPATH', 'PRIVATEKEYPATH'])
  const authentication = authenticationFrom(environment)
  if (tls === undefined && authentication === undefined) return undefined
  return { ...(tls && { tls }), ...(authentication && { authentication }) }
}

/** How its HTTP ports are, beside that; in Spring's names, as Zeebe's. */
export function httpSecurityFrom(
  environment: Environment,
  folder: string,
): {
  readonly rest: { readonly tls?: Tls }
  readonly management: { readonly tls?: Tls; readonly guarded?: true }
} {
  const [restTls, managementTls] = ['SERVER_SSL_', 'MANAGEMENT_SERVER_SSL_'].map((prefix) =>
    filesFrom(environment, folder, [prefix, 'CERTIFICATE', 'CERTIFICATEPRIVATEKEY']),
  )
  const guarded = environment.COMMITBASE_ENGINE_MANAGEMENT_GUARDED === 'true'
  return {
    rest: { ...(restTls && { tls: restTls }) },
    management: { ...(managementTls && { tls: managementTls }), ...(guarded && { guarded }) },
  }
}

type Names = readonly [prefix: string, chain: string, key: string]

function filesFrom(environment: Environment, folder: string, [prefix, chain, key]: Names): Tls | undefined {
  if (environment[`${prefix}ENABLED`] !== 'true') return undefined
  const certificateChainPath = environment[`${prefix}${chain}`]
  const privateKeyPath = environment[`${prefix}${key}`]
  if (certificateChainPath && privateKeyPath) {
    return {
      certificateChainPath: resolve(folder, certificateChainPath),
      privateKeyPath: resolve(folder, privateKeyPath),
    }
  }
  throw new CommitbaseError('invalid', `${prefix}ENABLED needs ${prefix}${chain} and ${prefix}${key}`)
}

function authenticationFrom(environment: Environment): Security['authentication'] {
  const of = (name: string) => environment[`COMMITBASE_ENGINE_${name}`] || undefined
  const [username, password] = [of('USER'), of('PASSWORD')]
  if ((username === undefined) !== (password === undefined)) {
    throw new CommitbaseError('invalid', 'COMMITBASE_ENGINE_USER and COMMITBASE_ENGINE_PASSWORD belong together')
  }
  const [jwksUrl, publicKey, secret] = [of('JWKS_URL'), of('PUBLIC_KEY'), of('SECRET')]
  const [issuer, audience] = [of('ISSUER'), of('AUDIENCE')]
  const basic = username !== undefined && password !== undefined ? { username, password } : undefined
  const byToken = [jwksUrl, publicKey, secret].some((key) => key !== undefined)
  if (!byToken && (issuer ?? audience) !== undefined) {
    const message =
      'COMMITBASE_ENGINE_ISSUER and _AUDIENCE need _JWKS_URL, _PUBLIC_KEY or _SECRET: with what is a token verified?'
    throw new CommitbaseError('invalid', message)
  }
  const token = byToken
    ? {
        ...(jwksUrl !== undefined && { jwksUrl }),
        ...(publicKey !== undefined && { publicKey }),
        ...(secret !== undefined && { secret }),
        ...(issuer !== undefined && { issuer }),
        ...(audience !== undefined && { audience }),
      }
    : undefined
  if (basic === undefined && token === undefined) return undefined
  return { ...(basic && { basic }), ...(token && { token }) }
}
