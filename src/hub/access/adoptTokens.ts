import { readFile, rm } from 'node:fs/promises'
import { hashOf, type Scope } from './token.ts'
import type { TokenStore } from './tokenStore.ts'

/** The file of old: two tokens as they are, `write` and `read`. They stay good, as hashes; the file goes. */
export async function adoptTokens(file: string, store: TokenStore, repository: string, now: number): Promise<void> {
  const secrets = await readOld(file)
  if (!secrets) return
  const known = new Set((await store.list()).map(({ name }) => name))
  for (const [name, secret] of secrets) {
    const created = new Date(now).toISOString()
    if (!known.has(name))
      await store.add({ name, hash: hashOf(secret), scopes: [name], repository, created, expires: null })
  }
  await rm(file)
}

/** Nothing where the file is not there, or holds something else: then it is none of ours. */
async function readOld(file: string): Promise<[Scope, string][] | undefined> {
  try {
    const { write, read } = Object(JSON.parse(await readFile(file, 'utf8')))
    if ([write, read].every((secret) => typeof secret === 'string' && secret.length >= 20))
      return [
        ['write', write],
        ['read', read],
      ]
  } catch {
    // It cannot be read as what it was.
  }
  return undefined
}
