import { randomBytes, X509Certificate } from 'node:crypto'
import { readCertificate } from '../engine/security/certificate.ts'
import type { EngineOptions as EmbeddedOptions, RunningEngine } from '../engine/start.ts'
import { CommitbaseError } from '../errors.ts'
import type { EngineOptions } from '../zeebe/engineOptions.ts'

type Security = NonNullable<EmbeddedOptions['security']>

/** How an installation comes to its own engine's gateway. */
export interface OwnWay {
  /** What was asked for, and what lets the installation itself in. */
  readonly security: { readonly security?: Security }
  to(engine: Pick<RunningEngine, 'address' | 'port'>): EngineOptions
}

/**
 * An installation calls its engine as anybody does: where callers have to give credentials it gives those of a user, or of one that only it knows;
 * where they have to trust a certificate, it does, under a name of this machine. Throws `invalid` for a certificate that has none.
 */
export async function ownWay(security: Security | undefined): Promise<OwnWay> {
  const { tls, authentication } = security ?? {}
  const basicAuth = authentication && (authentication.basic ?? { username: 'commitbase', password: newPassword() })
  const trusted = tls && (await trust(tls))
  return {
    security: security
      ? { security: { ...security, ...(basicAuth && { authentication: { ...authentication, basic: basicAuth } }) } }
      : {},
    to: ({ address, port }) => ({
      address: trusted ? `${trusted.host}:${port}` : address,
      ...(trusted && { plaintext: false, certificates: trusted.chain }),
      ...(basicAuth && { basicAuth }),
    }),
  }
}

function newPassword(): string {
  return randomBytes(32).toString('base64url')
}

async function trust(tls: NonNullable<Security['tls']>): Promise<{ host: string; chain: Buffer }> {
  const { chain } = await readCertificate(tls)
  const certificate = new X509Certificate(chain)
  if (certificate.checkIP('127.0.0.1')) return { host: '127.0.0.1', chain }
  if (certificate.checkHost('localhost')) return { host: 'localhost', chain }
  const message = `the certificate in '${tls.certificateChainPath}' is neither for localhost nor for 127.0.0.1, where the hub calls its engine`
  throw new CommitbaseError('invalid', message)
}
