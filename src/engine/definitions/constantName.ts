import { evaluate } from '../../feel/evaluate.ts'
import type { Expression } from '../../feel/expression.ts'
import type { Problems } from '../compile/problems.ts'
import { typeOf } from '../variables/expressions.ts'

/** The name of a message or signal that starts a process is a constant: there are no variables. `text`: as in the file. */
export function checkConstantName(
  id: string,
  { what, text, name }: { what: 'message' | 'signal'; text: string; name: Expression },
  problems: Problems,
): void {
  const evaluation = evaluate(name, { get: () => undefined }, 0)
  const type = typeOf(name, evaluation)
  if (evaluation.failure !== undefined) {
    const why = `which could not be evaluated without context: ${evaluation.failure}`
    problems.addOfExpressions(id, `Expected constant expression but found '${text}', ${why}`)
  } else if (type !== 'STRING') {
    problems.addOfExpressions(
      id,
      `Expected constant expression of type String for ${what} name '${text}', but was ${type}`,
    )
  }
}
