import { misplacedChild } from './childOrder.ts'
import type { ParsedFile } from './moddle.ts'

/**
 * What BPMN's schema refuses: unknown elements, children in another order, dangling references, the same id twice, truth values that are none. In the words of the
 * real engine's validator where those are about a name and a line; else in the parser's.
 */
export function brokenXml({ definitions, warnings }: ParsedFile, xml: string): string | undefined {
  if (definitions.$type !== 'bpmn:Definitions') return `expected bpmn:definitions but found ${definitions.$type}`
  const wrong = wrongTruth(xml) ?? wrongOrder(xml)
  if (wrong !== undefined) return wrong
  const warning = warnings.find((text) => !isPassedOver(text))
  return warning && wordsFor(warning, xml)
}

/** Zeebe's own elements that this version does not know say nothing to it; nor does the encoding that a text had as bytes. */
function isPassedOver(warning: string): boolean {
  if (warning.startsWith('unsupported document encoding ')) return true
  return /^unparsable content <zeebe:(?!publishMessage)\w+> detected[\s\S]*unknown type <zeebe:/.test(warning)
}

function wordsFor(warning: string, xml: string): string {
  const [, missing] = /^unresolved reference <(.*)>$/.exec(warning) ?? []
  if (missing !== undefined) {
    return at(xml.trimEnd().length, xml, `cvc-id.1: There is no ID/IDREF binding for IDREF '${missing}'.`)
  }
  const [, repeated] = /^(?:.*\bnested error: )?duplicate ID <(.*)>$/s.exec(warning) ?? []
  if (repeated !== undefined) {
    const second = xml.indexOf(` id="${repeated}"`, xml.indexOf(` id="${repeated}"`) + 1)
    return at(second, xml, `cvc-id.2: There are multiple occurrences of ID value '${repeated}'.`)
  }
  return warning
}

const truths =
  /\s(?:isExecutable|triggeredByEvent|isInterrupting|cancelActivity|isSequential|isForCompensation|waitForCompletion)="(?!true"|false"|1"|0")([^"]*)"/

function wrongTruth(xml: string): string | undefined {
  const found = truths.exec(xml)
  return found?.[1] === undefined
    ? undefined
    : at(found.index, xml, `cvc-datatype-valid.1.2.1: '${found[1]}' is not a valid value for 'boolean'.`)
}

function wrongOrder(xml: string): string | undefined {
  const found = misplacedChild(xml)
  if (found === undefined) return undefined
  const name = `{"http://www.omg.org/spec/BPMN/20100524/MODEL":${found.name}}`
  const words = `cvc-complex-type.2.4.a: Invalid content was found starting with element '${name}'.`
  return at(found.at, xml, words)
}

function at(index: number, xml: string, words: string): string {
  return `URI=null Line=${xml.slice(0, Math.max(index, 0)).split('\n').length}: ${words}`
}
