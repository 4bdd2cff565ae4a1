import { Status } from './status.ts'

/** A resource's bytes as text: UTF-8, as the protocol asks for. What is not is refused, in the form of a deployment's problem. */
export function decodeResource({ name, content }: { name: string; content: Uint8Array }): {
  name: string
  content: string
} {
  try {
    return { name, content: new TextDecoder('utf-8', { fatal: true }).decode(content) }
  } catch (error) {
    const problem = `'${name}': its content is not UTF-8; save it with that encoding`
    const message = `Command 'CREATE' rejected with code 'INVALID_ARGUMENT': Expected to deploy new resources, but encountered the following errors:\n${problem}`
    throw new Status('INVALID_ARGUMENT', message, { cause: error })
  }
}
