import { ServerCredentials } from '@grpc/grpc-js'
import { readCertificate, type TlsOptions } from './certificate.ts'

/** Throws `invalid` where a file is not there, or the two are not a certificate and its key. */
export async function readCredentials(options: TlsOptions | undefined): Promise<ServerCredentials> {
  if (options === undefined) return ServerCredentials.createInsecure()
  const { chain, key } = await readCertificate(options)
  return ServerCredentials.createSsl(null, [{ cert_chain: chain, private_key: key }])
}
