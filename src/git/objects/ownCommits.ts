import type { Person } from './commit.ts'

/** Who makes the commits that no person makes. */
export const commitbase: Person = { name: 'Commitbase', email: 'commitbase@users.noreply.github.com' }

/** Whether a commit, by its body, was made by Commitbase where it stands: whoever picks or rebases one commits it under a name of their own. */
export function isOwn(body: Buffer): boolean {
  const at = body.indexOf(committer)
  return at >= 0 && at < body.indexOf('\n\n')
}

const committer = `\ncommitter ${commitbase.name} <${commitbase.email}> `
