/** What a request has that may carry its client's own number. The field with the underscore says whether it is there. */
export interface Referenced {
  operationReference: number
  _operationReference?: string
}

/** The part of a command that its records carry. */
export function referenceOf(request: Referenced): { operationReference?: number } {
  return request._operationReference === undefined ? {} : { operationReference: request.operationReference }
}
