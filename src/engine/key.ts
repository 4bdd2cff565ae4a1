/** A key as on a Zeebe with one partition: 2251799813685248 + n, n from one counter. */
export type Key = number

/** The key before the first one. */
export const keyBase: Key = 2251799813685248

/** In the records, the message's side of a subscription has a key of its own: the one after the instance's side. */
export function messageSubscriptionKey(subscriptionKey: Key): Key {
  return subscriptionKey + 1
}

/** Process variables: JSON values by name. An empty name is legal. */
export type Variables = Readonly<Record<string, unknown>>

/**
 * A key's place among the keys, for who keeps many: up to 2^31 V8 has it in the word that would point to the key's number elsewhere, and
 * looks for it in a map several times as fast.
 */
export function placeOf(key: Key): number {
  return key - keyBase
}
