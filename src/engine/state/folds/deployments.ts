import type { Key } from '../../key.ts'
import type { RetiredVersion } from '../rows.ts'
import { retiredGroup, type State } from '../state.ts'
import { type FoldsOf, nothing } from './fold.ts'

export const deployments = {
  DEPLOYMENT_CREATED: nothing,
  PROCESS_CREATED: (state, { key, process, model }) => {
    state.processes.put(process)
    state.models.set(key, model)
  },
  DECISION_REQUIREMENTS_CREATED: (state, { key, requirements, model }) => {
    state.decisionRequirements.put(requirements)
    state.decisionModels.set(key, model)
  },
  DECISION_CREATED: (state, { decision }) => state.decisions.put(decision),
  FORM_CREATED: (state, { form }) => state.forms.put(form),

  RESOURCE_DELETING: nothing,
  RESOURCE_DELETED: nothing,
  PROCESS_DELETING: nothing,
  /** Its number is not given out again. */
  PROCESS_DELETED: (state, { processDefinitionKey: key }) => {
    const { bpmnProcessId: id, version } = state.processes.get(key)!
    retire(state, { key, kind: 'process', id, version })
    state.processes.delete(key)
    forget(state, state.models, key)
  },
  DECISION_DELETED: (state, { decisionKey }) => state.decisions.delete(decisionKey),
  DECISION_REQUIREMENTS_DELETED: (state, { decisionRequirementsKey: key }) => {
    state.decisionRequirements.delete(key)
    forget(state, state.decisionModels, key)
  },
  FORM_DELETED: (state, { formKey: key }) => {
    const { formId: id, version } = state.forms.get(key)!
    retire(state, { key, kind: 'form', id, version })
    state.forms.delete(key)
  },
} satisfies Partial<FoldsOf>

/** Of the versions of a resource that were deleted, the highest is kept in mind. */
function retire(state: State, retired: RetiredVersion): void {
  const others = state.retiredVersions.in('byId', retiredGroup(retired.kind, retired.id))
  if (others.some(({ version }) => version > retired.version)) return
  for (const { key } of others) state.retiredVersions.delete(key)
  state.retiredVersions.put(retired)
}

/** A compiled model is in no table: that it goes is taken back like what is. */
function forget<Model>(state: State, models: Map<Key, Model>, key: Key): void {
  const model = models.get(key)!
  state.journal.undo?.push(() => models.set(key, model))
  models.delete(key)
}
