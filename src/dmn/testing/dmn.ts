/** Writes DMN 1.3 for tests. */
export function model(...decisions: readonly string[]): string {
  return `<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="model" name="Model" namespace="http://commitbase/dmn">${decisions.join('')}</definitions>`
}

/** `requires`: the ids of other decisions. */
export function decision(
  id: string,
  logic = '',
  { name = id, requires = [], versionTag }: { name?: string; requires?: readonly string[]; versionTag?: string } = {},
): string {
  const tag = `<extensionElements><zeebe:versionTag xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" value="${versionTag}"/></extensionElements>`
  const requirements = requires.map(
    (other) => `<informationRequirement><requiredDecision href="#${other}"/></informationRequirement>`,
  )
  return `<decision id="${id}" name="${name}">${versionTag === undefined ? '' : tag}${requirements.join('')}${logic}</decision>`
}

export function literal(text: string): string {
  return `<literalExpression><text>${escaped(text)}</text></literalExpression>`
}

/** `rules`: the tests of each input, then the output. */
export function table(inputs: readonly string[], rules: readonly (readonly string[])[], hitPolicy = 'UNIQUE'): string {
  const columns = inputs.map(
    (text, at) => `<input id="input${at + 1}"><inputExpression><text>${escaped(text)}</text></inputExpression></input>`,
  )
  const rows = rules.map((cells, at) => {
    const tests = cells.slice(0, -1).map((text) => `<inputEntry><text>${escaped(text)}</text></inputEntry>`)
    const output = `<outputEntry><text>${escaped(cells.at(-1)!)}</text></outputEntry>`
    return `<rule id="rule${at + 1}">${tests.join('')}${output}</rule>`
  })
  return `<decisionTable hitPolicy="${hitPolicy}">${columns.join('')}<output id="output1" name="result"/>${rows.join('')}</decisionTable>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
