/**
 * The tokens that an `Authorization` header may mean: `token X`, `Bearer X`, or `Basic` with the token as password (git,
 * actions/checkout) or, beside an empty one or `x-oauth-basic`, as user (GitHub's older form). The scheme's letter case does
 * not matter (RFC 9110 §11.1). A header of another form presents one that nobody has.
 */
export function presentedTokens(header: string): string[] {
  const [, scheme = '', credentials = ''] = /^\s*(\S+)\s+(\S+)\s*$/.exec(header) ?? []
  switch (scheme.toLowerCase()) {
    case 'token':
    case 'bearer':
      return [credentials]
    case 'basic':
      return tokensInBasic(Buffer.from(credentials, 'base64').toString('utf8'))
    default:
      return []
  }
}

function tokensInBasic(pair: string): string[] {
  const colon = pair.indexOf(':')
  if (colon < 0) return []
  const [user, password] = [pair.slice(0, colon), pair.slice(colon + 1)]
  return password === '' || password === 'x-oauth-basic' ? [user] : [password]
}
