/**
 * The token that an `Authorization` header means: `token X`, `Bearer X`, or `Basic` with the token as password (git,
 * actions/checkout) or, beside an empty one or `x-oauth-basic`, as user (GitHub's older form). The scheme's letter case does
 * not matter (RFC 9110 §11.1). A header of another form presents none.
 */
export function presentedToken(header: string): string | undefined {
  const [, scheme = '', credentials = ''] = /^\s*(\S+)\s+(\S+)\s*$/.exec(header) ?? []
  switch (scheme.toLowerCase()) {
    case 'token':
    case 'bearer':
      return credentials
    case 'basic':
      return tokenInBasic(Buffer.from(credentials, 'base64').toString('utf8'))
    default:
      return undefined
  }
}

function tokenInBasic(pair: string): string | undefined {
  const colon = pair.indexOf(':')
  if (colon < 0) return undefined
  const [user, password] = [pair.slice(0, colon), pair.slice(colon + 1)]
  return password === '' || password === 'x-oauth-basic' ? user : password
}
