import { compileModel } from '../../dmn/compileModel.ts'
import type { DecisionRequirements } from '../../dmn/model.ts'

/** Compiles a DMN file. The room for decisions knows what is in it; here is what the engine asks of it besides. */
export async function compileDmn(
  name: string,
  content: string,
): Promise<{ decisions: DecisionRequirements } | { problems: string }> {
  const compiled = await compileModel(content)
  if ('refused' in compiled) return { problems: `'${name}': ${compiled.refused}` }
  const { model } = compiled
  const named = [model, ...model.decisions.values()]
  // The real engine does not ask for them either, and fails.
  if (named.some((part) => part.id === '' || part.name === ''))
    return { problems: `'${name}': Cannot invoke "String.getBytes(java.nio.charset.Charset)" because "value" is null` }
  return { decisions: model }
}
