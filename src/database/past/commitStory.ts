import type { ReadCommit } from '../../git/objects/commit.ts'
import type { Oid } from '../../git/objects/object.ts'

/** What a commit says of itself. */
export interface CommitStory {
  readonly commit: Oid
  /** ISO 8601 UTC: the committer's, whole seconds. */
  readonly time: string
  readonly subject: string
  readonly author: { readonly name: string; readonly email: string }
  /** The event that made it, by its trailers; nothing where a person did. */
  readonly event?: StoryEvent
  readonly operation?: string
}

interface StoryEvent {
  readonly id: string
  readonly source?: string
  readonly type?: string
  readonly correlationid?: string
  readonly causationid?: string
}

export function storyOf(commit: Oid, { author, time, message }: ReadCommit): CommitStory {
  const trailers = trailersOf(message)
  const event = eventOf(trailers)
  const operation = trailers.get('operation')
  return {
    commit,
    time: new Date(time).toISOString().replace('.000Z', 'Z'),
    subject: subjectOf(message),
    author: { name: author.name, email: author.email },
    ...(event ? { event } : {}),
    ...(operation ? { operation } : {}),
  }
}

/** The first paragraph as one line, as git's `%s` gives it. */
function subjectOf(message: string): string {
  const [first = ''] = message.trimStart().split(/\n\s*\n/, 1)
  return first.trim().replace(/\s*\n\s*/g, ' ')
}

function eventOf(trailers: ReadonlyMap<string, string>): StoryEvent | undefined {
  const id = trailers.get('event-id')
  if (id === undefined) return undefined
  const attributes = {
    source: trailers.get('event-source'),
    type: trailers.get('event-type'),
    correlationid: trailers.get('correlation-id'),
    causationid: trailers.get('causation-id'),
  }
  return { id, ...Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined)) }
}

/** The last paragraph, where it is not the first too (git-interpret-trailers). Names in lower case. */
function trailersOf(message: string): ReadonlyMap<string, string> {
  const [, ...paragraphs] = message.trim().split(/\n\s*\n/)
  const lines = (paragraphs.at(-1) ?? '').matchAll(/^([A-Za-z][A-Za-z0-9-]*): (.*)$/gm)
  return new Map([...lines].map(([, name, value]) => [name!.toLowerCase(), value!]))
}
