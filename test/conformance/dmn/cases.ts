import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A decision of a model, evaluated with each of the inputs. */
interface Case {
  readonly model: string
  readonly decision: string
  readonly inputs: readonly Record<string, unknown>[]
}

/** What both are asked. */
export interface Question {
  readonly model: string
  readonly xml: string
  readonly decision: string
  readonly variables: Record<string, unknown>
}

/** What dmn-scala answered, as `Judge.java` writes it. */
export type Answer =
  | { refused: string }
  | { decisions: string[]; evaluated: unknown[]; output: unknown }
  | { decisions: string[]; evaluated: unknown[]; failure: string }

const here = import.meta.dirname
export const answersFile = join(here, 'answers.json')

export function readQuestions(): Question[] {
  const cases: Case[] = JSON.parse(readFileSync(join(here, 'cases.json'), 'utf8'))
  return cases.flatMap(({ model, decision, inputs }) => {
    const xml = readFileSync(join(here, 'models', `${model}.dmn`), 'utf8')
    return inputs.map((variables) => ({ model, xml, decision, variables }))
  })
}

/** By which a question's answer is found: a changed model or input has none. */
export function keyOf({ model, xml, decision, variables }: Question): string {
  return `${model} ${createHash('sha256').update(xml).digest('hex').slice(0, 8)} ${decision} ${JSON.stringify(variables)}`
}
