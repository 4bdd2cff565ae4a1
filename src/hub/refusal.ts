export interface RefusalDetails {
  /** Where the endpoint is documented. */
  readonly documentation?: string
  readonly headers?: Readonly<Record<string, string>>
  /** The name of the token that was presented, for the audit log. */
  readonly token?: string
}

/** An answer that is not what was asked for, in the form GitHub's API gives it: `message`, `documentation_url`, `status`. */
export class Refusal extends Error {
  readonly status: number
  readonly details: RefusalDetails

  constructor(status: number, message: string, details: RefusalDetails = {}, options?: ErrorOptions) {
    super(message, options)
    this.status = status
    this.details = details
  }

  get body(): Record<string, unknown> {
    const { documentation = 'https://docs.github.com/rest' } = this.details
    return {
      message: this.message,
      documentation_url: documentation,
      status: String(this.status),
    }
  }
}

export function notFound(documentation?: string): Refusal {
  return new Refusal(404, 'Not Found', { documentation })
}
