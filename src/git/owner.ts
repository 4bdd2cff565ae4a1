export interface Ownership {
  /** Proof for the folder's hook: `COMMITBASE_OWNER` in the environment of a git process that may move refs. */
  readonly secret: string
  release(): Promise<void>
}
