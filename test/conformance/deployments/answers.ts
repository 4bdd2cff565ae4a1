import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { DeploymentCase } from './models.ts'

export const answersFile = join(import.meta.dirname, 'answers.json')

/** A model that was changed needs a new answer. */
export function keyOf({ name, xml }: DeploymentCase): string {
  return `${name} (${createHash('sha256').update(xml).digest('hex').slice(0, 12)})`
}
