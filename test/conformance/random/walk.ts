import { messageOf } from '../../../src/errors.ts'
import { openOurs } from '../ours.ts'
import { play } from '../play.ts'
import { build } from './build.ts'
import { Chance } from './chance.ts'
import { grow, smaller, type Tree, textOf } from './tree.ts'

/** A random process that did not live as its blocks say, made as small as it stays wrong. */
export interface Finding {
  readonly seed: number
  readonly tree: string
  readonly model: string
  readonly what: readonly string[]
}

/** Walks through the random process of a seed; undefined where all was as it has to be. */
export async function walk(seed: number): Promise<Finding | undefined> {
  const tree = grow(new Chance(seed), 3)
  const what = await wrongs(tree)
  return what.length === 0 ? undefined : shrunk(seed, tree, what)
}

async function shrunk(seed: number, tree: Tree, what: readonly string[]): Promise<Finding> {
  for (const less of smaller(tree)) {
    const still = await wrongs(less)
    if (still.length > 0) return shrunk(seed, less, still)
  }
  return { seed, tree: textOf(tree), model: String(build(tree).scenario.models?.[0]), what }
}

async function wrongs(tree: Tree): Promise<string[]> {
  const { scenario, completes } = build(tree)
  const target = await openOurs()
  try {
    const { records, broken, answers } = await play(target, scenario)
    const refused = answers.filter((line) => /^\w+ [A-Z_]+: /.test(line))
    const incidents = records.filter((line) => line.startsWith('incident'))
    return [...refused, ...incidents, ...broken, ...miscounted(records, completes)]
  } catch (error) {
    return [`it could not be walked to its end: ${messageOf(error)}`]
  } finally {
    await target.close()
  }
}

function miscounted(records: readonly string[], expected: ReadonlyMap<string, number>): string[] {
  const seen = new Map<string, number>()
  for (const line of records) {
    const [, id] = /^element ([^ #]+)(?:#\d+)? COMPLETED$/.exec(line) ?? []
    if (id !== undefined) seen.set(id, (seen.get(id) ?? 0) + 1)
  }
  return [...new Set([...expected.keys(), ...seen.keys()])].flatMap((id) => {
    const [is, ought] = [seen.get(id) ?? 0, expected.get(id) ?? 0]
    return is === ought ? [] : [`'${id}' completed ${is} times, not ${ought}`]
  })
}
