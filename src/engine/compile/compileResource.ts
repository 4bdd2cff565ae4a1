import type { ProcessModel } from './model.ts'

/** A resource of a deployment, compiled. `problems`, where there are any, are in the words of the real engine's rejection. */
export interface CompiledResource {
  name: string
  content: string
  models: readonly ProcessModel[]
  problems?: string
}

/** Compiles a BPMN file. What is wrong with it comes back as `problems`; it never throws for what a user wrote. */
export async function compileResource(resource: { name: string; content: string }): Promise<CompiledResource> {
  return { ...resource, models: [], problems: `'${resource.name}': no compiler yet` }
}
