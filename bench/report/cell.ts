/** One figure of a table, or why there is none. */
export type Cell = Figure | { readonly reason: string } | { readonly text: string }

export interface Figure {
  readonly value: number
  readonly unit: Unit
  /** How many things it was measured on. */
  readonly count?: number
}

export type Unit =
  | 'commits/s'
  | 'events/s'
  | 'instances/s'
  | 'ms'
  | 's'
  | 'MiB'
  | 'bytes'
  | 'packs'
  | 'commits'
  | 'pushes'

/** One row of the benchmark: who was measured, at what. */
export interface Result {
  readonly name: string
  readonly title: string
  /** How it was measured, in a few sentences. */
  readonly text: string
  readonly columns: readonly string[]
  readonly lines: readonly Line[]
  /** What it took to measure, checks included. */
  readonly seconds: number
}

export interface Line {
  readonly who: string
  readonly cells: readonly Cell[]
}

export function isFigure(cell: Cell | undefined): cell is Figure {
  return cell !== undefined && 'value' in cell
}

/** The figure or, for one of the others, the reason why it is not there; where we fail, the benchmark fails. */
export async function cellOf(isOurs: boolean, measure: () => Promise<Cell>): Promise<Cell> {
  try {
    return await measure()
  } catch (error) {
    if (isOurs) throw error
    return { reason: firstLine(error instanceof Error ? error.message : String(error)) }
  }
}

/** A load that is more than we can take is a result, too: what is too much was refused, and the cells say so. */
export async function lineOrOverload(who: string, columns: number, measure: () => Promise<Line>): Promise<Line> {
  try {
    return await measure()
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    if (!overload.test(text)) throw error
    return { who, cells: Array.from({ length: columns }, () => ({ reason: `overloaded: ${firstLine(text)}` })) }
  }
}

/** What the hub and the writer say when their queues are full. */
const overload = /answered with 503|writes are waiting already|messages were taken/

function firstLine(text: string): string {
  const [line] = text.split('\n') as [string]
  return line.length <= 200 ? line : `${line.slice(0, 200)}…`
}
