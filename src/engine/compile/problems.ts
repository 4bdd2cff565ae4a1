import { type Expression, FeelSyntaxError, parseExpression } from '../../feel/expression.ts'

/** What is wrong with a model, by the element it is wrong with, as the real engine prints it: what its expressions are wrong in comes after all else. */
export class Problems {
  readonly #ofModel = new Map<string, string[]>()
  readonly #ofExpressions = new Map<string, string[]>()

  get isEmpty(): boolean {
    return this.#ofModel.size + this.#ofExpressions.size === 0
  }

  /** `element`: an id, or a path down from it, such as `task > extensionElements > ioMapping`. */
  add(element: string, message: string): void {
    note(this.#ofModel, element, message)
  }

  /** What the real engine finds when it reads expressions, paths, dates and headers. */
  addOfExpressions(element: string, message: string): void {
    note(this.#ofExpressions, element, message)
  }

  toString(): string {
    return [...this.#ofModel, ...this.#ofExpressions].map(printed).join('')
  }

  /** An attribute that must be there. */
  attribute(element: string, name: string, text: string | undefined): string {
    if (!text) this.add(element, `Attribute '${name}' must be present and not empty`)
    return text ?? ''
  }

  /** An attribute that may be static or FEEL. */
  expression(element: string, text: string | undefined): Expression {
    if (text === undefined || text === '') {
      this.addOfExpressions(element, 'Expected expression but not found.')
      return none
    }
    try {
      return parseExpression(text)
    } catch (error) {
      if (!(error instanceof FeelSyntaxError)) throw error
      this.addOfExpressions(element, error.message)
      return none
    }
  }

  /** An attribute that may be static or FEEL, or absent; `requirement`, if there is one, is what a static one must be. */
  optional(element: string, text: string | undefined, requirement?: Requirement): Expression | undefined {
    if (text === undefined || text === '') return undefined
    const expression = this.expression(element, text)
    if (expression.kind === 'static' && requirement !== undefined && !requirement.isMet(text)) {
      this.addOfExpressions(element, `Expected static value to ${requirement.description}, but found '${text}'.`)
    }
    return expression.kind === 'static' && text.trim() === '' ? undefined : expression
  }

  /** An attribute that must be FEEL. */
  feel(element: string, text: string | undefined): Expression {
    if (text !== undefined && text !== '' && !text.startsWith('=')) {
      this.addOfExpressions(
        element,
        `Expected expression but found static value '${text}'. An expression must start with '=' (e.g. '=${text}').`,
      )
      return none
    }
    return this.expression(element, text)
  }
}

/** What a value that is written out in the model must be, in the real engine's words. */
export interface Requirement {
  readonly description: string
  readonly isMet: (text: string) => boolean
}

const none: Expression = { kind: 'static', value: '' }

function note(byElement: Map<string, string[]>, element: string, message: string): void {
  const messages = byElement.get(element) ?? []
  if (!messages.includes(message)) byElement.set(element, [...messages, message])
}

function printed([element, messages]: [string, readonly string[]]): string {
  return `- Element: ${element}\n${messages.map((message) => `    - ERROR: ${message}\n`).join('')}`
}
