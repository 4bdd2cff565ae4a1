import type { Person } from '../src/git/commit.ts'

/** Who makes the commits of receipts. */
export const author: Person = { name: 'Commitbase', email: 'commitbase@users.noreply.github.com' }
