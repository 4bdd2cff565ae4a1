/** Lets a caller in by the `authorization` that he brings, or throws `unauthorized` (`unavailable`: nobody can tell at the moment). */
export type Guard = (authorization: string | undefined) => Promise<void>
