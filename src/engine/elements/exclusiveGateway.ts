import type { ExclusiveGateway } from '../compile/model.ts'
import { checkConditions, chooseFlows, compileDefaultFlow } from '../flowConditions.ts'
import { passThrough } from '../lifecycle/leaving.ts'
import type { Element } from './element.ts'

/** BPMN 2.0.2 §13.4.2: the first flow whose condition is true. */
export const exclusiveGateway: Element<ExclusiveGateway> = {
  compile(node, base, { problems, siblings }) {
    const problem = 'Must have a condition or be default flow'
    checkConditions(node, siblings.leaving.get(node) ?? [], { problems, problem })
    return { ...base, kind: 'exclusiveGateway', ...compileDefaultFlow(node, base.id, problems) }
  },
  activate(run, instance, element) {
    passThrough(run, instance, element, chooseFlows(run, instance, element, 'first'))
  },
  complete() {},
}
