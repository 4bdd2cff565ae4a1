/** Says what happens now; nobody need listen. */
export type Trace = (what: string) => void
