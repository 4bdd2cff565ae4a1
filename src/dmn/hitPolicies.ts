import { isDeepStrictEqual } from 'node:util'
import { typeOf } from '../feel/evaluate.ts'
import { add, compareNumbers, type FeelNumber, isNumber } from '../feel/values/decimal.ts'
import { toJson } from '../feel/values/json.ts'
import { briefly } from '../feel/values/text.ts'
import { EvaluationFailure, type Values } from './evaluation.ts'
import type { DecisionTable, OutputClause } from './model.ts'

/** DMN 1.3 §8.2.10: what the rules that matched (at least one) come to. Throws EvaluationFailure in dmn-scala's words. */
export function applyHitPolicy(table: DecisionTable, hits: readonly Values[]): unknown {
  switch (table.hitPolicy) {
    case 'UNIQUE':
      if (hits.length === 1) return single(hits[0]!)
      throw new EvaluationFailure(`multiple values aren't allowed for UNIQUE hit policy. found: '${asList(hits)}'`)
    case 'FIRST':
      return single(hits[0]!)
    case 'ANY':
      return any(hits)
    case 'PRIORITY':
      return single(byPriority(hits, table.outputs)[0]!)
    case 'OUTPUT ORDER':
      return byPriority(hits, table.outputs).map(single)
    case 'RULE ORDER':
      return hits.map(single)
    case 'COLLECT':
      return collect(table, hits)
    default:
      throw table.hitPolicy satisfies never
  }
}

/** One output is its value, several are a context. */
export function single(hit: Values): unknown {
  const values = Object.values(hit)
  return values.length === 1 ? values[0] : hit
}

function any(hits: readonly Values[]): unknown {
  const texts = hits.map((hit) => toJson(hit))
  const distinct = hits.filter((_, at) => texts.findIndex((text) => isDeepStrictEqual(text, texts[at])) === at)
  if (distinct.length === 1) return single(hits[0]!)
  throw new EvaluationFailure(`different values aren't allowed for ANY hit policy. found: '${asList(distinct)}'`)
}

function collect({ aggregation }: DecisionTable, hits: readonly Values[]): unknown {
  switch (aggregation) {
    case undefined:
      return hits.map(single)
    case 'COUNT':
      return hits.length
    case 'SUM':
      return numbers(hits).reduce(add, 0)
    case 'MIN':
      return numbers(hits).reduce((least, value) => (compareNumbers(value, least) < 0 ? value : least))
    case 'MAX':
      return numbers(hits).reduce((most, value) => (compareNumbers(value, most) > 0 ? value : most))
    default:
      throw aggregation satisfies never
  }
}

function numbers(hits: readonly Values[]): FeelNumber[] {
  return hits.map(single).map((value) => {
    if (isNumber(value)) return value
    throw new EvaluationFailure(`expected number but found '${briefly(value)}'`)
  })
}

/** The places of its values in the lists of the outputs, in the order of the outputs; what has no place comes last. */
function byPriority(hits: readonly Values[], outputs: readonly OutputClause[]): Values[] {
  const ranked = hits.map((hit) => ({ hit, rank: outputs.map((output) => placeOf(hit, output)).join('') }))
  return ranked.sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0)).map(({ hit }) => hit)
}

function placeOf(hit: Values, { name, values }: OutputClause): string {
  const value = hit[String(name ?? null)]
  if (!['STRING', 'NUMBER'].includes(typeOf(value))) return '_'
  const place = values.lastIndexOf(String(toJson(value)))
  return place < 0 ? '_' : String(place)
}

/** As Scala prints it. */
function asList(hits: readonly Values[]): string {
  const maps = hits.map((hit) => {
    const entries = Object.entries(hit).map(([name, value]) => `${name} -> ${briefly(value)}`)
    return `Map(${entries.join(', ')})`
  })
  return `List(${maps.join(', ')})`
}
