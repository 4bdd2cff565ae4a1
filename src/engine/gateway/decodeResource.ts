import { Status } from './status.ts'

/**
 * A resource's bytes as text: as their byte order mark says, or the declaration of an XML file, else UTF-8. What is not of that
 * encoding is refused, in the form of a deployment's problem.
 */
export function decodeResource({ name, content }: { name: string; content: Uint8Array }): {
  name: string
  content: string
} {
  const encoding = encodingOf(content)
  try {
    return { name, content: new TextDecoder(encoding, { fatal: true }).decode(content) }
  } catch (error) {
    const problem = `'${name}': its content is not ${encoding}; save it as UTF-8`
    const message = `Command 'CREATE' rejected with code 'INVALID_ARGUMENT': Expected to deploy new resources, but encountered the following errors:\n${problem}`
    throw new Status('INVALID_ARGUMENT', message, { cause: error })
  }
}

function encodingOf(content: Uint8Array): string {
  const [first, second] = content
  if (first === 0xfe && second === 0xff) return 'UTF-16BE'
  if (first === 0xff && second === 0xfe) return 'UTF-16LE'
  const beginning = Buffer.from(content.subarray(0, 200)).toString('latin1')
  const declared = /^(?:ï»¿)?<\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/.exec(beginning)?.[1] ?? 'UTF-8'
  return twoBytes.test(declared) ? 'UTF-8' : declared
}

/** Said of what has just been read with one byte a letter, it is not true: .NET's StringWriter says it of whatever it writes. */
const twoBytes = /^(?:utf-?16|ucs-?2|unicode|iso-10646-ucs-2)/i
