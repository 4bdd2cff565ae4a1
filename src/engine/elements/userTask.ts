import { parseExpression } from '../../feel/expression.ts'
import { compileUserTask } from '../compile/compileUserTask.ts'
import { extension } from '../compile/moddle.ts'
import type { JobWorkerElement } from '../compile/model.ts'
import type { Element } from './element.ts'
import { headersOf, serviceTask } from './serviceTask.ts'

/**
 * BPMN 2.0.2 §13.3.3, done by a person. Zeebe: as long as nothing else is said, it is a job of its own type with one retry, whose headers
 * tell who does it, until when, and with which form.
 */
export const userTask: Element<JobWorkerElement> = {
  ...serviceTask,
  compile(node, base, { problems }) {
    const formKey = extension(node, 'zeebe:FormDefinition')?.formKey
    return {
      ...base,
      kind: 'serviceTask',
      jobType: parseExpression(userTaskJobType),
      retries: parseExpression('1'),
      headers: { ...headersOf(node), ...(formKey && { [`${reserved}formKey`]: formKey }) },
      userTask: compileUserTask(node, problems),
    }
  },
}

const reserved = 'io.camunda.zeebe:'
const userTaskJobType = `${reserved}userTask`
