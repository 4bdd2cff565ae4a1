import { compileBpmn } from './compileBpmn.ts'
import { compileDmn } from './compileDmn.ts'
import { compileForm } from './compileForm.ts'
import type { CompiledResource } from './model.ts'

/** What a compiler of a kind of resource makes of it. */
type Compiled = Partial<Pick<CompiledResource, 'models' | 'decisions' | 'form' | 'problems'>>

/** By the name's ending. */
const compilers: Record<string, (name: string, content: string) => Promise<Compiled> | Compiled> = {
  '.bpmn': compileBpmn,
  '.xml': compileBpmn,
  '.dmn': compileDmn,
  '.form': compileForm,
}

/** Compiles a resource of a deployment. What is wrong with it comes back as `problems`; it never throws for what a user wrote. */
export async function compileResource({ name, content }: { name: string; content: string }): Promise<CompiledResource> {
  const ending = Object.keys(compilers).find((known) => name.endsWith(known))
  // The real one puts an empty line before these, and only these.
  if (ending === undefined) return { name, content, models: [], problems: `\n'${name}': unknown resource type` }
  return { name, content, models: [], ...(await compilers[ending]!(name, content)) }
}
