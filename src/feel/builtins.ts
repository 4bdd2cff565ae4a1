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

const stepsOfCostly = 30

const builtins = new Map<string, readonly FeelFunction[]>(
  [
    booleanFunctions,
    contextFunctions,
    costly(conversionFunctions),
    listFunctions,
    numericFunctions,
    patternFunctions,
    rangeFunctions,
    stringFunctions,
    costly(temporalFunctions),
  ].flatMap((functions) => Object.entries(functions)),
)

/** What reads and makes dates and numbers. */
function costly(functions: Builtins): Builtins {
  const entries = Object.entries(functions).map(([name, all]) => [name, all.map(withCost)])
  return Object.fromEntries(entries)
}

function withCost({ parameters, invoke, takesMore }: FeelFunction): FeelFunction {
  const spending: FeelFunction['invoke'] = (values, surroundings) => {
    surroundings.budget.spend(stepsOfCostly)
    return invoke(values, surroundings)
  }
  return new FeelFunction(parameters, spending, takesMore)
}

/** The functions of a name, in the order in which they are tried. */
export function builtinsNamed(name: string): readonly FeelFunction[] {
  return builtins.get(name) ?? []
}
