import { messageOf } from '../../errors.ts'
import { compileProcess } from './compileProcess.ts'
import { checkListenerPlaces } from './listeners.ts'
import { straightThroughLoop } from './loops.ts'
import { checksumOf, type Node, parseFile } from './moddle.ts'
import type { CompiledResource, ProcessModel } from './model.ts'
import { Problems } from './problems.ts'
import { brokenXml } from './schema.ts'
import { checkStartMessages } from './startMessages.ts'

/** Compiles a BPMN file. */
export async function compileBpmn(
  name: string,
  content: string,
): Promise<Pick<CompiledResource, 'models'> | { problems: string }> {
  const refused = (problems: string) => ({ problems: `'${name}': ${problems}` })
  try {
    const file = await parseFile(content)
    const broken = brokenXml(file, content)
    if (broken !== undefined) return refused(`Error: ${broken}`)
    const problems = new Problems()
    const models = compileProcesses(file.definitions, checksumOf(content), problems)
    if (!problems.isEmpty) return refused(String(problems))
    const looping = models.flatMap((model) => loopProblem(name, model, models) ?? [])
    return looping.length === 0 ? { models } : { problems: looping.join('') }
  } catch (error) {
    return refused(`Fatal Error: ${messageOf(error)}`)
  }
}

function compileProcesses(definitions: Node, checksum: string, problems: Problems): ProcessModel[] {
  const processes = (definitions.rootElements ?? []).filter((node) => node.$type === 'bpmn:Process')
  const executable = processes.filter((process) => process.isExecutable)
  if (executable.length === 0) {
    problems.add('definitions', 'Must contain at least one executable process')
  }
  checkListenerPlaces(definitions, problems)
  checkStartMessages(processes, problems)
  return executable.map((process) => compileProcess(process, checksum, problems))
}

function loopProblem(name: string, model: ProcessModel, models: readonly ProcessModel[]): string | undefined {
  const loop = straightThroughLoop(model, models)
  if (loop === undefined) return undefined
  const what = `Processes are not allowed to contain a straight-through processing loop: ${loop.join(' > ')}`
  // The real one quotes the name otherwise here.
  return `\`${name}\`: - Process: ${model.bpmnProcessId}\n    - ERROR: ${what}\n`
}
