/** The package brings types, but does not name them in its exports. */
declare module 'bpmn-moddle' {
  export class BpmnModdle {
    constructor(packages?: Record<string, unknown>)
    fromXML(xml: string): Promise<{
      rootElement: unknown
      warnings: { message: string }[]
      elementsById: Record<string, unknown>
    }>
    /** Throws where there is no such type. */
    getType(name: string): { readonly $descriptor: Descriptor }
  }

  /** A type of BPMN, with what it inherits; properties come in the order of BPMN's schema. */
  export interface Descriptor {
    readonly allTypes: readonly { readonly name: string }[]
    readonly properties: readonly {
      readonly ns: { readonly localName: string }
      readonly type: string
      readonly isAttr?: boolean
      readonly isMany?: boolean
      readonly isReference?: boolean
      readonly isVirtual?: boolean
    }[]
  }
}
