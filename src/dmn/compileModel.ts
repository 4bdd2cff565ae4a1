import { messageOf } from '../errors.ts'
import type { Compiler } from './compiler.ts'
import { hasCycle } from './cycles.ts'
import { inHashOrder } from './hashOrder.ts'
import { compileContext } from './logic/context.ts'
import { compileDecisionTable } from './logic/decisionTable.ts'
import { compileFunctionDefinition } from './logic/functionDefinition.ts'
import { compileInvocation } from './logic/invocation.ts'
import { compileList } from './logic/list.ts'
import { compileLiteralExpression } from './logic/literalExpression.ts'
import { compileRelation } from './logic/relation.ts'
import { elementsOf, type Node, parseFile, referredId, versionTagOf } from './moddle.ts'
import type { Decision, DecisionRequirements, KnowledgeModel, Logic } from './model.ts'
import { compileParameters } from './parameters.ts'

/** A file that was compiled, or why it was not, in the words in which Zeebe refuses it. */
export type CompiledModel = { model: DecisionRequirements } | { refused: string }

/** Compiles a DMN file (1.1 to 1.5). It never throws for what a user wrote. */
export async function compileModel(xml: string): Promise<CompiledModel> {
  let definitions: Node
  try {
    definitions = await parseFile(xml)
  } catch {
    return refusedBySchema
  }
  const broken = brokenRequirements(definitions)
  if (broken !== undefined) return { refused: broken }
  const compiler = createCompiler()
  try {
    const decisions = elementsOf(definitions, 'dmn:Decision').map((node) =>
      compileDecision(compiler, definitions, node),
    )
    if (compiler.problems.length > 0) return { refused: compiler.problems.join('\n') }
    return { model: modelOf(definitions, decisions) }
  } catch (error) {
    return { refused: messageOf(error) }
  }
}

/** Whatever the reason, these are the words. */
const refusedBySchema: CompiledModel = {
  refused: 'Failed to parse DMN: org.camunda.bpm.model.dmn.DmnModelException: Unable to parse model',
}

function modelOf({ id = '', name = '', namespace = '' }: Node, decisions: readonly Decision[]): DecisionRequirements {
  const byId = new Map(decisions.map((decision) => [decision.id, decision]))
  return { id, name, namespace, decisions: new Map(inHashOrder([...byId.keys()]).map((id) => [id, byId.get(id)!])) }
}

/** References to nowhere, and decisions or models of business knowledge that require each other. */
function brokenRequirements(definitions: Node): string | undefined {
  const decisions = elementsOf(definitions, 'dmn:Decision')
  const models = elementsOf(definitions, 'dmn:BusinessKnowledgeModel')
  const ids = new Set((definitions.drgElement ?? []).map(({ id }) => id))
  const missing = [...decisions.flatMap(requiredDecisions), ...[...decisions, ...models].flatMap(requiredKnowledge)]
  const dangling = missing.find((id) => !ids.has(id))
  if (dangling !== undefined) return `Unable to find a model element instance for id ${dangling}`
  if (hasCycle(decisions, requiredDecisions)) return cyclic('decisions')
  return hasCycle(models, requiredKnowledge) ? cyclic('BKMs') : undefined
}

function cyclic(what: string): string {
  return `Invalid DMN model: Cyclic dependencies between ${what} detected.`
}

function requiredDecisions({ informationRequirement = [] }: Node): string[] {
  return informationRequirement.flatMap(({ requiredDecision }) => referredId(requiredDecision) ?? [])
}

function requiredKnowledge({ knowledgeRequirement = [] }: Node): string[] {
  return knowledgeRequirement.flatMap(({ requiredKnowledge }) => referredId(requiredKnowledge) ?? [])
}

function createCompiler(): Compiler {
  const compiler: Compiler = {
    problems: [],
    knowledge: new Map(),
    expressions: new Map(),
    tests: new Map(),
    logic: (node) =>
      compileLogic(compiler, node) ?? unsupported(compiler, `unsupported expression found '${typeName(node)}'`),
  }
  return compiler
}

function compileDecision(compiler: Compiler, definitions: Node, node: Node): Decision {
  const { id = '', name = '', variable } = node
  const knowledge = compileRequiredKnowledge(compiler, definitions, node)
  const logic = isDefinition(node.decisionLogic) ? undefined : compileLogic(compiler, node.decisionLogic)
  const versionTag = versionTagOf(node)
  return {
    id,
    name,
    ...(versionTag !== undefined && { versionTag }),
    resultName: variable?.name ?? id,
    ...(variable?.typeRef !== undefined && { resultType: variable.typeRef }),
    requires: requiredDecisions(node),
    knowledge,
    logic: logic ?? unsupported(compiler, `unsupported decision expression '${typeName(node.decisionLogic)}'`),
  }
}

function compileRequiredKnowledge(compiler: Compiler, definitions: Node, node: Node): KnowledgeModel[] {
  return requiredKnowledge(node).flatMap((id) => {
    const required = elementsOf(definitions, 'dmn:BusinessKnowledgeModel').find((model) => model.id === id)
    return required === undefined ? [] : [compileKnowledge(compiler, definitions, required)]
  })
}

function compileKnowledge(compiler: Compiler, definitions: Node, node: Node): KnowledgeModel {
  const { id = '', name = '', encapsulatedLogic } = node
  const known = compiler.knowledge.get(name)
  if (known !== undefined) return known
  const requires = compileRequiredKnowledge(compiler, definitions, node)
  const logic = encapsulatedLogic === undefined ? noLogic : knowledgeLogic(compiler, encapsulatedLogic.body)
  const model = { id, name, parameters: compileParameters(encapsulatedLogic ?? node), requires, logic }
  compiler.knowledge.set(name, model)
  return model
}

function knowledgeLogic(compiler: Compiler, body: Node | undefined): Logic {
  const logic = isDefinition(body) || body?.$type === 'dmn:Invocation' ? undefined : compileLogic(compiler, body)
  return logic ?? unsupported(compiler, `unsupported business knowledge model logic found '${typeName(body)}'`)
}

/** Undefined for what dmn-scala does not know. */
function compileLogic(compiler: Compiler, node: Node | undefined): Logic | undefined {
  switch (node?.$type) {
    case 'dmn:DecisionTable':
      return compileDecisionTable(compiler, node)
    case 'dmn:LiteralExpression':
      return compileLiteralExpression(compiler, node)
    case 'dmn:Context':
      return compileContext(compiler, node)
    case 'dmn:List':
      return compileList(compiler, node)
    case 'dmn:Relation':
      return compileRelation(compiler, node)
    case 'dmn:Invocation':
      return compileInvocation(compiler, node)
    case 'dmn:FunctionDefinition':
      return compileFunctionDefinition(compiler, node)
    default:
      return undefined
  }
}

const noLogic: Logic = { kind: 'none' }

/** A function is no decision, only an entry of a context. */
function isDefinition(node: Node | undefined): boolean {
  return node?.$type === 'dmn:FunctionDefinition'
}

function unsupported(compiler: Compiler, problem: string): Logic {
  compiler.problems.push(problem)
  return noLogic
}

function typeName(node: Node | undefined): string {
  return node?.$type ?? 'null'
}
