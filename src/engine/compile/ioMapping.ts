import { extension, type Node } from './moddle.ts'
import type { Mapping } from './model.ts'
import type { Problems } from './problems.ts'

/** What goes into an element, and what comes out of it: the latter has to be FEEL. */
export function compileMappings(node: Node, id: string, problems: Problems): { inputs: Mapping[]; outputs: Mapping[] } {
  const { inputParameters = [], outputParameters = [] } = extension(node, 'zeebe:IoMapping') ?? {}
  const at = `${id} > extensionElements > ioMapping`
  return {
    inputs: inputParameters.map(({ source, target }) => ({
      source: problems.expression(`${at} > input`, source),
      target: compilePath(`${at} > input`, target, problems),
    })),
    outputs: outputParameters.map(({ source, target }) => ({
      source: problems.feel(`${at} > output`, source),
      target: compilePath(`${at} > output`, target, problems),
    })),
  }
}

const pattern = '[a-zA-Z_][a-zA-Z0-9_]*(\\.[a-zA-Z_][a-zA-Z0-9_]*)*'
const wholePath = new RegExp(`^${pattern}$`)
const reserved = ['null', 'true', 'false', 'function', 'if', 'then', 'else', 'for', 'between', 'instance', 'of']

function compilePath(at: string, target: string | undefined, problems: Problems): string[] {
  if (target === undefined || target === '') problems.addOfExpressions(at, 'Expected path expression but not found.')
  else if (!wholePath.test(target)) {
    problems.addOfExpressions(at, `Expected path expression '${target}' but doesn't match the pattern '${pattern}'.`)
  }
  if (target !== undefined && reserved.includes(target)) {
    const words = reserved.join(', ')
    problems.addOfExpressions(at, `Expected path expression '${target}' but is one of the reserved words (${words}).`)
  }
  return (target ?? '').split('.')
}
