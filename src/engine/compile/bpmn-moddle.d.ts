/** The package brings types, but does not name them in its exports. */
declare module 'bpmn-moddle' {
  export class BpmnModdle {
    constructor(packages?: Record<string, unknown>)
    fromXML(xml: string): Promise<{
      rootElement: unknown
      warnings: { message: string }[]
      elementsById: Record<string, unknown>
    }>
  }
}
