/** Something that happened or is asked for: a CloudEvent 1.0 with the extensions `correlationid` and `causationid`. */
export interface Event<Data = Record<string, unknown>> {
  readonly id: string
  readonly source: string
  readonly type: string
  /** ISO 8601, UTC. */
  readonly time: string
  readonly subject?: string
  readonly data: Data
  readonly correlationid: string
  readonly causationid?: string
}
