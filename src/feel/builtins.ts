import { booleanFunctions } from './functions/boolean.ts'
import { contextFunctions } from './functions/context.ts'
import { conversionFunctions } from './functions/conversion.ts'
import type { Builtins } from './functions/define.ts'
import { listFunctions } from './functions/list.ts'
import { numericFunctions } from './functions/numeric.ts'
import { patternFunctions } from './functions/pattern.ts'
import { rangeFunctions } from './functions/range.ts'
import { stringFunctions } from './functions/string.ts'
import { temporalFunctions } from './functions/temporal.ts'
import { FeelFunction } from './values/value.ts'

/** Those that take more or less than others of their page. */
const stepsOf: Readonly<Record<string, number>> = {
  string: 10,
  time: 80,
  'date and time': 60,
  today: 60,
  now: 60,
  'random number': 40,
}

const builtins = new Map<string, readonly FeelFunction[]>(
  [
    booleanFunctions,
    contextFunctions,
    costly(conversionFunctions, 30),
    listFunctions,
    costly(numericFunctions, 10),
    patternFunctions,
    rangeFunctions,
    stringFunctions,
    costly(temporalFunctions, 30),
  ].flatMap((functions) => Object.entries(functions)),
)

/** What reads and makes dates and numbers takes more steps than a call. */
function costly(functions: Builtins, most: number): Builtins {
  const entries = Object.entries(functions).map(([name, all]) => {
    const steps = stepsOf[name] ?? most
    return [name, all.map((one) => withCost(one, steps))]
  })
  return Object.fromEntries(entries)
}

function withCost({ parameters, invoke, takesMore }: FeelFunction, steps: number): FeelFunction {
  const spending: FeelFunction['invoke'] = (values, surroundings) => {
    surroundings.budget.spend(steps)
    for (const value of values) if (typeof value === 'string') surroundings.budget.spend(value.length / 8)
    return invoke(values, surroundings)
  }
  return new FeelFunction(parameters, spending, takesMore)
}

/** The functions of a name, in the order in which they are tried. */
export function builtinsNamed(name: string): readonly FeelFunction[] {
  return builtins.get(name) ?? []
}
