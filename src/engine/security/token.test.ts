import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { exportJWK, SignJWT } from 'jose'
import { tokenGuard } from './token.ts'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
const issuer = 'https://issuer.example.net'
const audience = 'zeebe-api'

interface Claims {
  iss?: string
  aud?: string
  /** Seconds from now. */
  exp?: number | undefined
}

function sign({ iss = issuer, aud = audience, exp = 60 }: Claims = {}, key = privateKey): Promise<string> {
  const token = new SignJWT({ iss, aud }).setProtectedHeader({ alg: 'ES256', kid: 'one' })
  return token.setExpirationTime(new Date(Date.now() + exp * 1000)).sign(key)
}

const refused = (why: RegExp) => (error: { code?: string; message: string }) => {
  assert.equal(error.code, 'unauthorized')
  assert.match(error.message, why)
  return true
}

/** An issuer's published keys, for the time of the test. */
async function publishKeys(t: TestContext, status = 200): Promise<string> {
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }]
  const server = createServer((_request, response) => response.writeHead(status).end(JSON.stringify({ keys })))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`
}

test('a token of the issuer, for us, that has not ended lets its bearer in', async (t) => {
  for (const options of [{ publicKey: pem }, { jwksUrl: await publishKeys(t) }]) {
    const guard = tokenGuard({ ...options, issuer, audience })
    await guard(`Bearer ${await sign()}`)
    await guard(`bearer ${await sign()}`)
  }
})

test('what is no such token is refused, and told why', async () => {
  const guard = tokenGuard({ publicKey: pem, issuer, audience })
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{}').toString('base64url')}.`
  const endless = new SignJWT({ iss: issuer, aud: audience }).setProtectedHeader({ alg: 'ES256' }).sign(privateKey)
  // A public key is known to everybody: it must not count as a secret.
  const forged = new SignJWT({ iss: issuer, aud: audience })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1m')
  for (const [authorization, why] of [
    [undefined, /^Expected bearer token at header with key \[authorization\], but found nothing$/],
    ['Basic YTpi', /^Expected bearer token/],
    ['Bearer nonsense', /^Failed to parse bearer token, see cause for details: /],
    [`Bearer ${await sign({ exp: -60 })}`, /"exp" claim timestamp check failed/],
    [`Bearer ${await endless}`, /missing required "exp" claim/],
    [`Bearer ${await sign({ iss: 'https://other.example.net' })}`, /unexpected "iss" claim value/],
    [`Bearer ${await sign({ aud: 'other' })}`, /unexpected "aud" claim value/],
    [`Bearer ${await sign({}, stranger)}`, /signature verification failed/],
    [`Bearer ${none}`, /"alg" \(Algorithm\) Header Parameter value not allowed/],
    [
      `Bearer ${await forged.sign(new TextEncoder().encode(pem))}`,
      /"alg" \(Algorithm\) Header Parameter value not allowed/,
    ],
  ] as const)
    await assert.rejects(guard(authorization), refused(why))
})

test('a secret that is shared with the issuer does as well', async () => {
  const secret = 'thirty-two characters, no fewer!'
  const guard = tokenGuard({ secret })
  const signed = (key: string) =>
    new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1m').sign(new TextEncoder().encode(key))
  await guard(`Bearer ${await signed(secret)}`)
  await assert.rejects(guard(`Bearer ${await signed(`${secret}?`)}`), refused(/signature verification failed/))
})

test('while the issuer’s keys are out of reach nobody is said to be wrong', async (t) => {
  for (const jwksUrl of [await publishKeys(t, 500), 'http://127.0.0.1:1/keys']) {
    await assert.rejects(tokenGuard({ jwksUrl })(`Bearer ${await sign()}`), { code: 'unavailable' })
  }
})

test('it must be said with what tokens are verified', () => {
  for (const options of [{}, { publicKey: pem, secret: 'x' }, { publicKey: 'no key' }]) {
    assert.throws(() => tokenGuard(options), { code: 'invalid' })
  }
})
