import { entryOf, type FeelContext, FeelFunction, type FeelValue, type Surroundings } from '../values/value.ts'

/** Where variables are looked up; undefined: there is none of that name. */
export interface VariableLookup {
  get(name: string): unknown
  /** What can be called by a name, beside the variables that are functions. */
  callables?(name: string): readonly FeelFunction[]
}

/** The names that a part of an expression sees: its own, and those around it. */
export class Scope {
  readonly surroundings: Surroundings
  readonly #names: VariableLookup
  readonly #outer: Scope | undefined
  /** Of a decision table's input, where it is asked for. */
  readonly input: FeelValue | undefined

  constructor(
    surroundings: Surroundings,
    names: VariableLookup,
    outer?: Scope,
    input: FeelValue | undefined = outer?.input,
  ) {
    this.surroundings = surroundings
    this.#names = names
    this.#outer = outer
    this.input = input
  }

  /** Undefined where there is none. */
  variable(name: string): FeelValue | undefined {
    const value = this.#names.get(name) as FeelValue | undefined
    return value === undefined ? this.#outer?.variable(name) : value
  }

  functionNamed(name: string, fits: (candidate: FeelFunction) => boolean): FeelFunction | undefined {
    return this.ownFunction(name, fits) ?? this.#outer?.functionNamed(name, fits)
  }

  ownFunction(name: string, fits: (candidate: FeelFunction) => boolean): FeelFunction | undefined {
    return this.#names.callables?.(name).find(fits)
  }

  within(names: VariableLookup): Scope {
    return new Scope(this.surroundings, names, this)
  }

  /** With `?`. */
  asking(input: FeelValue): Scope {
    return new Scope(this.surroundings, nothingNamed, this, input)
  }

  /** With `cellInput`, the name under which tests find what they are asked of. A function is no variable. */
  testing(input: FeelValue): Scope {
    return this.within(input instanceof FeelFunction ? nothingNamed : new OneName(inputName, input))
  }
}

export const inputName = 'cellInput'

const nothingNamed: VariableLookup = { get: () => undefined }

export class OneName implements VariableLookup {
  readonly #name: string
  readonly #value: FeelValue

  constructor(name: string, value: FeelValue) {
    this.#name = name
    this.#value = value
  }

  get(name: string): FeelValue | undefined {
    return name === this.#name ? this.#value : undefined
  }
}

/** Several names, such as a function's parameters or a loop's variables. */
export class Names implements VariableLookup {
  readonly #values: Map<string, FeelValue>

  constructor(values: Map<string, FeelValue>) {
    this.#values = values
  }

  get(name: string): FeelValue | undefined {
    return this.#values.get(name)
  }
}

/** The entries of a context: functions among them can be called, and are no variables. */
export class Entries implements VariableLookup {
  readonly #context: FeelContext

  constructor(context: FeelContext) {
    this.#context = context
  }

  callables(name: string): readonly FeelFunction[] {
    const value = Object.hasOwn(this.#context, name) ? this.#context[name] : undefined
    return value instanceof FeelFunction ? [value] : []
  }

  get(name: string): FeelValue | undefined {
    return entryOf(this.#context, name)
  }
}
