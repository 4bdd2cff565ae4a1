/** The values that are there more than once, each once. */
export function twice<Value>(values: readonly Value[]): Value[] {
  const seen = new Set<Value>()
  const again = values.filter((value) => seen.size === seen.add(value).size)
  return [...new Set(again)]
}
