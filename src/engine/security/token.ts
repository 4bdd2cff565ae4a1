import { createPublicKey, type KeyObject } from 'node:crypto'
import { createRemoteJWKSet, errors, type JWTVerifyOptions, jwtVerify } from 'jose'
import { CommitbaseError, messageOf } from '../../errors.ts'
import type { Guard } from './guard.ts'

/** How a bearer token (a JWT, RFC 7519) is verified: with exactly one of `jwksUrl`, `publicKey` and `secret`. */
export interface TokenOptions {
  /** Where the issuer publishes its keys (RFC 7517). */
  readonly jwksUrl?: string
  /** The issuer's key, in PEM. */
  readonly publicKey?: string
  /** A key that the issuer shares with us. */
  readonly secret?: string
  /** Who must have issued it (`iss`). */
  readonly issuer?: string
  /** Whom it must be for (`aud`). */
  readonly audience?: string
}

/** Throws `invalid` where it is not said with what a token is verified. */
export function tokenGuard(options: TokenOptions): Guard {
  const verify = verifierOf(options)
  return async (authorization) => {
    const [, token] = /^Bearer (\S+)$/i.exec(authorization ?? '') ?? []
    if (token === undefined) throw missing()
    try {
      await verify(token, claimsOf(options))
    } catch (error) {
      throw refused(error)
    }
  }
}

type Verify = (token: string, claims: JWTVerifyOptions) => Promise<unknown>

function verifierOf({ jwksUrl, publicKey, secret }: TokenOptions): Verify {
  const given = [jwksUrl, publicKey, secret].filter((key) => key !== undefined && key !== '')
  if (given.length !== 1) {
    throw new CommitbaseError('invalid', 'a token is verified with one of `jwksUrl`, `publicKey` and `secret`')
  }
  if (jwksUrl) {
    const keys = createRemoteJWKSet(new URL(jwksUrl))
    return (token, claims) => jwtVerify(token, keys, { ...claims, algorithms: asymmetric })
  }
  if (publicKey) {
    const key = readKey(publicKey)
    return (token, claims) => jwtVerify(token, key, { ...claims, algorithms: asymmetric })
  }
  const key = new TextEncoder().encode(secret)
  return (token, claims) => jwtVerify(token, key, { ...claims, algorithms: symmetric })
}

/** Never both: a public key is no secret that may sign. */
const asymmetric = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']
const symmetric = ['HS256', 'HS384', 'HS512']

function readKey(pem: string): KeyObject {
  try {
    return createPublicKey(pem)
  } catch (error) {
    const message = `the key to verify tokens with is no public key in PEM: ${messageOf(error)}`
    throw new CommitbaseError('invalid', message, { cause: error })
  }
}

/** A token without an end would be good for ever. */
function claimsOf({ issuer, audience }: TokenOptions): JWTVerifyOptions {
  return { requiredClaims: ['exp'], ...(issuer && { issuer }), ...(audience && { audience }) }
}

/** The real gateway's words. */
function missing(): CommitbaseError {
  const message = 'Expected bearer token at header with key [authorization], but found nothing'
  return new CommitbaseError('unauthorized', message)
}

/** Its first words, and why. */
function refused(error: unknown): CommitbaseError {
  const isToken = error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout)
  const isAnswer = error instanceof errors.JOSEError && error.code === 'ERR_JOSE_GENERIC'
  if (isToken && !isAnswer) {
    const message = `Failed to parse bearer token, see cause for details: ${error.message}`
    return new CommitbaseError('unauthorized', message, { cause: error })
  }
  const message = `cannot verify a token at the moment, for the issuer's keys are out of reach: ${messageOf(error)}`
  return new CommitbaseError('unavailable', message, { cause: error })
}
