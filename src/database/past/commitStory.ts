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
  const paragraphs = paragraphsOf(message.trim())
  const trailers = trailersOf(paragraphs)
  const event = eventOf(trailers)
  const operation = trailers.get('operation')
  return {
    commit,
    time: new Date(time).toISOString().replace('.000Z', 'Z'),
    subject: subjectOf(paragraphs),
    author: { name: author.name, email: author.email },
    ...(event ? { event } : {}),
    ...(operation ? { operation } : {}),
  }
}

/** The lines of each paragraph. Here as below not by regular expressions: the first history after a start waited 3 ms for V8 to compile them. */
function paragraphsOf(message: string): string[][] {
  const paragraphs: string[][] = [[]]
  for (const line of message.split('\n')) {
    if (line.trim() !== '') paragraphs.at(-1)!.push(line)
    else if (paragraphs.at(-1)!.length > 0) paragraphs.push([])
  }
  return paragraphs
}

/** The first paragraph as one line, as git's `%s` gives it. */
function subjectOf([first]: readonly string[][]): string {
  return first!.map((line) => line.trim()).join(' ')
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

/** The last paragraph, where it is not the first too (git-interpret-trailers). Names in lower case; what is none of ours nobody asks for. */
function trailersOf(paragraphs: readonly string[][]): ReadonlyMap<string, string> {
  const trailers = new Map<string, string>()
  for (const line of paragraphs.length > 1 ? paragraphs.at(-1)! : []) {
    const end = line.indexOf(': ')
    if (end > 0)
      trailers.set(line.slice(0, end).toLowerCase(), line.slice(end + 2, line.endsWith('\r') ? -1 : undefined))
  }
  return trailers
}
