import { takeBreaths } from '../breath.ts'
import type { Oid } from '../objects/object.ts'
import type { ReadObjects } from '../objects/readObjects.ts'
import { Turns } from '../turns.ts'
import { OwnPlaces } from './ownPlaces.ts'
import { placeIn } from './placeIn.ts'
import { PlacesInTime } from './placesInTime.ts'

/** The commits that lead to a branch's newest one, by their places: those of parents are smaller (`Lineage`). */
interface Commits {
  readonly count: number
  oid(place: number): Oid
  /** Seconds since 1970: the committer's. */
  time(place: number): number
  parents(place: number): readonly number[]
  firstParent(place: number): number
  isMerge(place: number): boolean
  only(place: number, others: readonly number[]): Iterable<number>
  descendants(place: number): Uint8Array
}

/**
 * A branch's own way through its commits: what its newest one was, from the first on. A merge by `git pull` names the puller's
 * commit first, so the order of parents does not tell. Commitbase commits nowhere but on the branch: the branch was
 * before at the first parent that alone leads to a commit of its own, or else at the first.
 */
export class BranchLine {
  readonly #commits: Commits
  readonly #turns = new Turns()
  #line: PlacesInTime
  /** Of merges: where the branch was before. */
  readonly #before = new Map<number, number>()
  readonly #own: OwnPlaces

  constructor(commits: Commits) {
    this.#commits = commits
    this.#line = new PlacesInTime((place) => commits.time(place))
    this.#own = new OwnPlaces(commits)
  }

  /**
   * The newest commit that was there in that second; nothing where none was. It was made no later. Other people's clocks may be slow, and
   * what they made may have come to the branch long after: it was not there before what Commitbase had made until then.
   */
  async newestUntil(time: number, read: ReadObjects): Promise<Oid | undefined> {
    const { line, length } = await this.#upTo(this.#commits.count - 1, read)
    let newest = line.lastUntil(time, length)
    for (let at = newest; at >= 0; at--) {
      const place = line.places[at]!
      if (!(await this.#own.hasAny([place], read))) continue
      if (this.#commits.time(place) <= time) break
      newest = line.lastUntil(time, at)
      at = newest + 1
    }
    return newest < 0 ? undefined : this.#commits.oid(line.places[newest]!)
  }

  /**
   * The line from behind that commit on, oldest first. One of a side branch joined it with a merge: from there on. Without the
   * commit the whole line.
   */
  async since(commit: number | undefined, read: ReadObjects): Promise<Oid[]> {
    const { line, length } = await this.#upTo(this.#commits.count - 1, read)
    const from = commit === undefined ? 0 : this.#behind(commit, line)
    return line.places.slice(from, length).map((place) => this.#commits.oid(place))
  }

  /** Where on the line its commits behind that one begin: from there on, places are not smaller. */
  #behind(commit: number, { places }: PlacesInTime): number {
    let next = placeIn(places, commit)
    if (places[next] === commit) return next + 1
    const descends = this.#commits.descendants(commit)
    while (next < places.length && descends[places[next]!] !== 1) next++
    return next
  }

  /** Where the branch was before that commit; -1 where there was none. */
  async before(commit: number, read: ReadObjects): Promise<number> {
    return this.#commits.isMerge(commit) ? await this.#beforeMerge(commit, read) : this.#commits.firstParent(commit)
  }

  /** The line to that commit, which others may prolong meanwhile: so many of its places. */
  #upTo(tip: number, read: ReadObjects): Promise<{ line: PlacesInTime; length: number }> {
    return this.#turns.take(async () => {
      const breath = takeBreaths()
      const made: number[] = []
      let known = this.#line.places.length - 1
      for (let place = tip; place >= 0; ) {
        while (known >= 0 && this.#line.places[known]! > place) known--
        if (this.#line.places[known] === place) break
        made.push(place)
        place = this.#commits.isMerge(place) ? await this.#beforeMerge(place, read) : this.#commits.firstParent(place)
        const pause = breath()
        if (pause) await pause
      }
      // A tip that does not lead back to the end of the line begins another one.
      if (made.length > 0 && known + 1 < this.#line.places.length) this.#line = this.#line.upTo(known + 1)
      for (const place of made.toReversed()) this.#line.push(place)
      return { line: this.#line, length: known + 1 + made.length }
    })
  }

  async #beforeMerge(merge: number, read: ReadObjects): Promise<number> {
    const known = this.#before.get(merge)
    if (known !== undefined) return known
    const parents = this.#commits.parents(merge)
    let before = parents[0]!
    for (const parent of parents) {
      const others = parents.filter((other) => other !== parent)
      if (!(await this.#own.hasAny(this.#commits.only(parent, others), read))) continue
      before = parent
      break
    }
    this.#before.set(merge, before)
    return before
  }
}
