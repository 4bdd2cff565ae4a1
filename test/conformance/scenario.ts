/**
 * A scenario: what is deployed, what a client does, and what then has to be seen. Plain data: it is played in the same way on every engine
 * that speaks the gateway's protocol and shows its records.
 */
export interface Scenario {
  /** BPMN as text (named after its process), or a file by its name. */
  readonly models?: readonly (string | Resource)[]
  readonly steps: readonly Step[]
  /** Lines of the record stream (`normalise.ts`) that have to come in this order; each may be the beginning of a line. Others may lie between. */
  readonly records?: readonly string[]
  /** Beginnings of lines that must not come. */
  readonly never?: readonly string[]
  /** The same of what the client was answered (`play.ts`). */
  readonly answers?: readonly string[]
}

export interface Resource {
  readonly name: string
  readonly content: string
}

type Variables = Readonly<Record<string, unknown>>

/** What a client does, or what it waits for. Instances and jobs are named by their process, their type, or `as`. */
export type Step =
  | { readonly deploy: readonly (string | Resource)[] }
  /** `at`: start instructions. `result`: waits for the result. */
  | {
      readonly start: string
      readonly variables?: Variables
      readonly version?: number
      readonly at?: readonly string[]
      readonly as?: string
      readonly result?: boolean
      readonly fetch?: readonly string[]
    }
  /** Activates jobs of a type and keeps them, for `timeout` milliseconds. `max` 0: looks whether there are any, and says so. */
  | { readonly take: string; readonly max?: number; readonly fetch?: readonly string[]; readonly timeout?: number }
  /** Of the oldest job of the type that was taken, or else the next one. */
  | { readonly complete: string; readonly variables?: Variables }
  | {
      readonly fail: string
      readonly retries: number
      readonly message?: string
      readonly backoff?: number
      readonly variables?: Variables
    }
  | { readonly throw: string; readonly code: string; readonly message?: string; readonly variables?: Variables }
  | { readonly retries: string; readonly to: number }
  | { readonly timeout: string; readonly to: number }
  /** `ttl` in milliseconds. */
  | {
      readonly publish: string
      readonly key?: string
      readonly variables?: Variables
      readonly ttl?: number
      readonly id?: string
    }
  | { readonly signal: string; readonly variables?: Variables }
  /** Moves the clock by milliseconds. */
  | { readonly clock: number }
  | { readonly cancel: string }
  /** The last open incident of an element. */
  | { readonly resolve: string }
  /** In the scope of the last instance of an element. */
  | { readonly set: Variables; readonly in: string; readonly local?: boolean }
  | { readonly evaluate: string; readonly variables?: Variables }
  | { readonly modify: string; readonly activate?: readonly Activation[]; readonly terminate?: readonly string[] }
  | {
      readonly migrate: string
      readonly to: string
      readonly version?: number
      readonly map: Readonly<Record<string, string>>
    }
  /** Deletes a process's version (the last one), or a decision's requirements. */
  | { readonly delete: string }
  /** Waits until a line of the record stream begins so. */
  | { readonly until: string; readonly times?: number }

export interface Activation {
  readonly element: string
  /** The element in whose last instance it is activated. */
  readonly in?: string
  readonly variables?: Variables
  /** The element in whose scope the variables are set; by default the process instance's. */
  readonly scope?: string
}

/** Scenarios of one element or rule, by what they show. */
export type Scenarios = Readonly<Record<string, Scenario>>
