import type { FormRow } from '../state/rows.ts'
import { defaultTenant } from '../tenant.ts'
import type { RecordsOf } from './mapping.ts'
import { md5 } from './process.ts'
import type { Value } from './record.ts'

export const formRecords = {
  FORM_CREATED: ({ key, form }) => [{ valueType: 'FORM', intent: 'CREATED', key, value: formValue(form) }],
  FORM_DELETED: ({ key, formKey }, { state }) => [
    { valueType: 'FORM', intent: 'DELETED', key, value: formValue(state.forms.get(formKey)!) },
  ],
} satisfies Partial<RecordsOf>

function formValue(form: FormRow): Value {
  return { ...formMetadata(form, false), resource: Buffer.from(form.json).toString('base64') }
}

export function formMetadata(form: FormRow, duplicate: boolean): Value {
  return {
    formId: form.formId,
    version: form.version,
    versionTag: form.versionTag ?? '',
    formKey: form.key,
    resourceName: form.resourceName,
    checksum: md5(form.json),
    duplicate,
    tenantId: defaultTenant,
    deploymentKey: form.deploymentKey,
  }
}
