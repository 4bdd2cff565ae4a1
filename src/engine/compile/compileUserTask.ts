import { type Expression, parseExpression } from '../../feel/expression.ts'
import { printedDateTime } from '../waiting/dateTime.ts'
import { compileBinding } from './binding.ts'
import { extension, type Node } from './moddle.ts'
import type { FormReference, UserTaskProperties } from './model.ts'
import type { Problems, Requirement } from './problems.ts'

/** Who does a user task, until when, and with which form. */
export function compileUserTask(node: Node, problems: Problems): UserTaskProperties {
  const properties = {
    ...assignment(node, problems),
    ...schedule(node, problems),
    ...form(node, problems),
    priority: priority(node, problems),
  }
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined))
}

function assignment(node: Node, problems: Problems) {
  const { assignee, candidateGroups, candidateUsers } = extension(node, 'zeebe:AssignmentDefinition') ?? {}
  const at = `${node.id} > extensionElements > assignmentDefinition`
  return {
    assignee: literal(problems.optional(at, assignee), (text) => text),
    candidateGroups: literal(problems.optional(at, candidateGroups, commaSeparated), itemsOf),
    candidateUsers: literal(problems.optional(at, candidateUsers, commaSeparated), itemsOf),
  }
}

function schedule(node: Node, problems: Problems) {
  const { dueDate, followUpDate } = extension(node, 'zeebe:TaskSchedule') ?? {}
  const at = `${node.id} > extensionElements > taskSchedule`
  return {
    dueDate: problems.optional(at, dueDate, dateTime),
    followUpDate: problems.optional(at, followUpDate, dateTime),
  }
}

/** One that the engine has itself may have a form elsewhere, instead of one whose key a job's header tells. */
function form(node: Node, problems: Problems) {
  const definition = extension(node, 'zeebe:FormDefinition')
  if (definition === undefined) return {}
  const at = `${node.id} > extensionElements > formDefinition`
  const isNative = extension(node, 'zeebe:UserTask') !== undefined
  const { formId = '', formKey = '', externalReference = '' } = definition
  const other = isNative ? externalReference : formKey
  if ((formId.trim() === '') === (other.trim() === '')) {
    const names = isNative ? 'formId, externalReference' : 'formId, formKey'
    const of = isNative ? ' for native user tasks' : ''
    problems.add(at, `Exactly one of the attributes '${names}' must be present and not blank${of}`)
  }
  return {
    form: formReference(definition, at, problems),
    externalFormReference: isNative ? literal(problems.optional(at, externalReference), (text) => text) : undefined,
  }
}

function formReference(definition: Node, at: string, problems: Problems): FormReference | undefined {
  const binding = compileBinding(definition, at, problems)
  return definition.formId ? { formId: problems.expression(at, definition.formId), binding } : undefined
}

function priority(node: Node, problems: Problems): Expression | undefined {
  const definition = extension(node, 'zeebe:PriorityDefinition')
  if (definition === undefined) return undefined
  const at = `${node.id} > extensionElements > priorityDefinition`
  // Zeebe's own builder of models writes the element without the attribute, whose default that is.
  const { priority: given = '50' } = definition
  if (given === '') problems.add(at, "Attribute 'priority' must be present and not empty")
  return problems.optional(at, given, percentage)
}

/** What is written out in the model is a text (or a list of texts), also where it reads as a number. */
function literal(expression: Expression | undefined, read: (text: string) => unknown): Expression | undefined {
  if (expression?.kind !== 'static') return expression
  return parseExpression(`=${JSON.stringify(read(expression.value))}`)
}

const commaSeparated: Requirement = {
  description: "be a list of comma-separated values, e.g. 'a,b,c'",
  isMet: (text) => itemsOf(text).every((item) => item !== ''),
}

const dateTime: Requirement = {
  description: "be a valid DateTime String, e.g. '2023-03-02T15:35+02:00'",
  isMet: (text) => printedDateTime(text) !== undefined,
}

const percentage: Requirement = {
  description: 'be a valid Number between 0 and 100',
  isMet: (text) => /^[+-]?\d+$/.test(text),
}

function itemsOf(text: string): string[] {
  return text.split(',').map((item) => item.trim())
}
