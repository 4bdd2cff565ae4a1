import type { CompiledResource, ElementModel, FormReference } from '../compile/model.ts'
import { Problems } from '../compile/problems.ts'
import type { Deployment } from './deployment.ts'

/** What an element names in writing, and binds to the deployment, has to be deployed with it; a problem in the real engine's words where it is not. */
export function unboundIn(deployment: Deployment, { name, models }: CompiledResource): string | undefined {
  const problems = new Problems()
  for (const element of models.flatMap((model) => [...model.elements.values()])) {
    const { what, id, part, found } = boundBy(deployment, element) ?? { found: true }
    if (found) continue
    problems.add(
      `${element.id} > extensionElements > ${part}`,
      `Expected to find ${what} with id '${id}' in current deployment, but not found.`,
    )
  }
  return problems.isEmpty ? undefined : `'${name}': ${problems}`
}

interface Bound {
  what?: string
  id?: string
  part?: string
  found: boolean
}

function boundBy({ processes, decisions, forms }: Deployment, element: ElementModel): Bound | undefined {
  if (element.kind === 'callActivity' && element.binding.type === 'deployment' && element.processId.kind === 'static') {
    const id = element.processId.value
    const found = processes.some(({ row }) => row.bpmnProcessId === id)
    return { what: 'process', id, part: 'calledElement', found }
  }
  if (element.kind === 'businessRuleTask' && element.binding.type === 'deployment') {
    if (element.decisionId.kind !== 'static') return undefined
    const id = element.decisionId.value
    return { what: 'decision', id, part: 'calledDecision', found: decisions.some(({ row }) => row.decisionId === id) }
  }
  const form = formOf(element)
  if (form?.binding.type !== 'deployment' || form.formId.kind !== 'static') return undefined
  const id = form.formId.value
  return { what: 'form', id, part: 'formDefinition', found: forms.some(({ row }) => row.formId === id) }
}

/** Of a user task, be it the engine's own or a job. */
function formOf(element: ElementModel): FormReference | undefined {
  if (element.kind === 'userTask') return element.properties.form
  return element.kind === 'serviceTask' ? element.userTask?.form : undefined
}
