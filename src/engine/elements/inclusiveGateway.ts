import type { InclusiveGateway } from '../compile/model.ts'
import { checkConditions, chooseFlows, compileDefaultFlow } from '../flowConditions.ts'
import { passThrough } from '../lifecycle/leaving.ts'
import type { Element } from './element.ts'

/** BPMN 2.0.2 §13.4.3: every flow whose condition is true, once no token can come any more that it would have to wait for (see `joins.ts`). */
export const inclusiveGateway: Element<InclusiveGateway> = {
  compile(node, base, { problems, siblings }) {
    checkConditions(node, siblings.leaving.get(node) ?? [], { problems, problem: 'Must have a condition' })
    return { ...base, kind: 'inclusiveGateway', ...compileDefaultFlow(node, base.id, problems) }
  },
  activate(run, instance, element) {
    passThrough(run, instance, element, chooseFlows(run, instance, element, 'all'))
  },
  complete() {},
}
