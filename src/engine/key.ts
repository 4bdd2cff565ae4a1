/** A key as on a Zeebe with one partition: 2251799813685248 + n, n from one counter. */
export type Key = number

/** The key before the first one. */
export const keyBase: Key = 2251799813685248

/** Process variables: JSON values by name. An empty name is legal. */
export type Variables = Readonly<Record<string, unknown>>
