import type { Person } from '../../git/objects/commit.ts'

/** Who makes the commits that no person makes. */
export const commitbase: Person = { name: 'Commitbase', email: 'commitbase@users.noreply.github.com' }
