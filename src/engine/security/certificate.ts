import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { CommitbaseError, messageOf } from '../../errors.ts'

/** Paths of PEM files, as Zeebe's `security.certificateChainPath` and `security.privateKeyPath`. */
export interface TlsOptions {
  readonly certificateChainPath: string
  readonly privateKeyPath: string
}

/** In PEM. */
export interface Certificate {
  readonly chain: Buffer
  readonly key: Buffer
}

/** Throws `invalid` where a file is not there, or the two are not a certificate and its key. */
export async function readCertificate({ certificateChainPath, privateKeyPath }: TlsOptions): Promise<Certificate> {
  const chain = await read('a certificate chain', certificateChainPath)
  const key = await read('a private key', privateKeyPath)
  try {
    createSecureContext({ cert: chain, key })
  } catch (error) {
    const message = `'${certificateChainPath}' and '${privateKeyPath}' are not a certificate chain and its private key: ${messageOf(error)}`
    throw new CommitbaseError('invalid', message, { cause: error })
  }
  return { chain, key }
}

async function read(what: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    // The real gateway's words.
    const message = `Expected to find ${what} file at the provided location '${path}' but none was found.`
    throw new CommitbaseError('invalid', message, { cause: error })
  }
}
