import { checksumOf } from '../compile/moddle.ts'
import { emit, nextKey } from '../run.ts'
import type { FormRow } from '../state/rows.ts'
import { type State, versionAfter } from '../state/state.ts'
import { asVersion, type ResourceKind } from './deployment.ts'

/** A form, for user tasks to name. One with the content and the name of its latest version is a duplicate. */
export const forms: ResourceKind = {
  plan({ run, key: deploymentKey, forms }, resource) {
    if (resource.form === undefined) return undefined
    const { id: formId, versionTag } = resource.form
    const { name: resourceName, content: json } = resource
    const other = forms.find(({ row }) => row.formId === formId)
    if (other !== undefined)
      return `Expected the form ids to be unique within a deployment but found a duplicated id '${formId}' in the resources '${other.row.resourceName}' and '${resourceName}'.`
    const checksum = checksumOf(json)
    const latest = latestForm(run.state, formId)
    if (latest?.checksum === checksum && latest.resourceName === resourceName) {
      forms.push({ row: latest, resource, duplicate: true })
      return undefined
    }
    const version = nextVersion(run.state, formId)
    const tagged = versionTag === undefined ? {} : { versionTag }
    const row = { key: nextKey(run), formId, version, ...tagged, resourceName, checksum, deploymentKey, json }
    forms.push({ row, resource, duplicate: false })
    return undefined
  },
  create(deployment, resource) {
    const { run } = deployment
    for (const planned of deployment.forms.filter((form) => form.resource === resource)) {
      planned.row = asVersion(deployment, planned, nextVersion(run.state, planned.row.formId))
      emit(run, { type: 'FORM_CREATED', key: planned.row.key, form: planned.row })
    }
  },
}

function latestForm(state: State, formId: string): FormRow | undefined {
  return state.forms.in('byId', formId).at(-1)
}

function nextVersion(state: State, formId: string): number {
  return versionAfter(state, 'form', formId, latestForm(state, formId)?.version)
}
