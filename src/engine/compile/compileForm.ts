import { messageOf } from '../../errors.ts'
import type { FormModel } from './model.ts'

/** Reads a form: JSON with an id. */
export function compileForm(name: string, content: string): { form: FormModel } | { problems: string } {
  let form: unknown
  try {
    form = JSON.parse(content)
  } catch (error) {
    return { problems: `Failed to parse form JSON. '${name}': ${messageOf(error)}` }
  }
  if (typeof form !== 'object' || form === null || Array.isArray(form))
    return { problems: `Failed to parse form JSON. '${name}': expected an object` }
  const id = textOf(form, 'id')
  if (id === undefined) return { problems: 'Expected the form id to be present, but none given' }
  if (id.trim() === '') return { problems: 'Expected the form id to be filled, but it is blank' }
  const versionTag = textOf(form, 'versionTag')
  return { form: { id, ...(versionTag !== undefined && { versionTag }) } }
}

/** Numbers are taken for texts, as the real engine's reader takes them. */
function textOf(form: object, name: string): string | undefined {
  const value = (form as Record<string, unknown>)[name]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}
