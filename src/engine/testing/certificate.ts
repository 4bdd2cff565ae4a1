import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'

/** A certificate for this machine that nobody else vouches for; undefined where there is no openssl. */
export async function certificate(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'commitbase-tls-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const certificateChainPath = join(folder, 'chain.pem')
  const privateKeyPath = join(folder, 'key.pem')
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1']
  const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  try {
    await promisify(execFile)('openssl', [
      'req',
      ...kind,
      ...name,
      '-keyout',
      privateKeyPath,
      '-out',
      certificateChainPath,
    ])
    return { certificateChainPath, privateKeyPath }
  } catch {
    return undefined
  }
}
