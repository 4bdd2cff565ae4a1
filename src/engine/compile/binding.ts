import type { Node } from './moddle.ts'
import type { Binding } from './model.ts'
import type { Problems } from './problems.ts'

const types = ['deployment', 'latest', 'versionTag']

/** Which version of another resource an extension element means, which is `at` that place. */
export function compileBinding(node: Node | undefined, at: string, problems: Problems): Binding {
  const { bindingType: type = 'latest', versionTag = '' } = node ?? {}
  if (!types.includes(type)) problems.add(at, `Attribute 'bindingType' must be one of: ${types.join(', ')}`)
  const hasTag = versionTag.trim() !== ''
  if (type === 'versionTag' && !hasTag) {
    problems.add(at, "Attribute 'versionTag' must be present and not empty if 'bindingType' is 'versionTag'")
  }
  if (type !== 'versionTag' && hasTag) {
    problems.add(at, "Attribute 'versionTag' may only be used if 'bindingType' is 'versionTag'")
  }
  return type === 'versionTag' ? { type, versionTag } : { type: type === 'deployment' ? type : 'latest' }
}
