import { type FeelNumber, isNumber } from '../values/decimal.ts'
import {
  type FeelContext,
  FeelFunction,
  type FeelValue,
  isContext as isContextValue,
  isList,
  type Surroundings,
} from '../values/value.ts'

/** The built-in functions of one page: those of one name differ in what they take. */
export type Builtins = Readonly<Record<string, readonly FeelFunction[]>>

type Is<Value extends FeelValue> = (value: FeelValue) => value is Value

type ValuesOf<Guards extends readonly Is<FeelValue>[]> = {
  [Index in keyof Guards]: Guards[Index] extends Is<infer Value> ? Value : never
}

type Body<Guards extends readonly Is<FeelValue>[]> = (
  ...values: [...ValuesOf<Guards>, Surroundings]
) => FeelValue | undefined

/** Arguments that are not what it takes make a warning; so does undefined as its value. */
export function define<Guards extends readonly Is<FeelValue>[]>(
  parameters: readonly string[],
  takes: readonly [...Guards],
  body: Body<Guards>,
  takesMore = false,
): FeelFunction {
  const invoke = (values: readonly FeelValue[], surroundings: Surroundings) =>
    takes.every((is, at) => is(values[at] ?? null)) ? body(...(values as ValuesOf<Guards>), surroundings) : undefined
  return new FeelFunction(parameters, invoke, takesMore)
}

/** Takes values one by one, or a list of them. */
export function defineOfList(
  parameter: string,
  body: (list: readonly FeelValue[], surroundings: Surroundings) => FeelValue | undefined,
): FeelFunction {
  const invoke: FeelFunction['invoke'] = ([list], surroundings) =>
    list !== undefined && isList(list) ? body(list, surroundings) : undefined
  return new FeelFunction([parameter], invoke, true)
}

export const any = (value: FeelValue): value is FeelValue => value !== undefined
export const text = (value: FeelValue): value is string => typeof value === 'string'
export const number = (value: FeelValue): value is FeelNumber => isNumber(value)
export const list = (value: FeelValue): value is readonly FeelValue[] => isList(value)
export const context = (value: FeelValue): value is FeelContext => isContextValue(value)
export const callable = (value: FeelValue): value is FeelFunction => value instanceof FeelFunction

/** `intValue`: positions count from 1, or from the end where they are negative; 0 is the end. */
export function indexOf(length: number, position: number): number {
  return position > 0 ? position - 1 : length + position
}
