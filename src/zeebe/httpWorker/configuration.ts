import { readJson } from '../../readJson.ts'
import type { Job } from '../job.ts'
import { mergeDeep } from './mergeDeep.ts'
import type { Secrets } from './secret.ts'
import type { Found, Lookup } from './template.ts'

/**
 * The one map that a job of the legacy contract is read from: task headers, overwritten by variables, overwritten by worker (secret) variables,
 * then `jobKey` and `processInstanceKey`. Null counts as not there.
 */
export class Configuration {
  /** The strongest first. */
  readonly #layers: readonly Layer[]

  constructor(job: Job, secrets: Secrets) {
    this.#layers = [
      { values: { jobKey: job.key, processInstanceKey: job.processInstanceKey } },
      { values: Object.fromEntries([...secrets].map(([name, { value }]) => [name, value])), secret: true },
      { values: job.variables },
      { values: job.customHeaders },
    ]
  }

  /** The value of a key; nothing where it is null or empty. */
  get(key: string): Found | undefined {
    return this.#find((name) => name === key)
  }

  /** The same for the keys whose case does not matter. */
  getIgnoringCase(key: string): Found | undefined {
    return this.#find((name) => name.toLowerCase() === key.toLowerCase())
  }

  /** The keys of all layers that begin with a prefix, in any case. */
  keysWith(prefix: string): string[] {
    const names = this.#layers.flatMap(({ values }) => Object.keys(values))
    return [...new Set(names.filter((name) => name.toLowerCase().startsWith(prefix)))]
  }

  /** The body: where headers and variables both have one, and both are objects, they are merged deeply. */
  body(): Found | undefined {
    const found = this.get('body')
    const [variables, headers] = [this.#layers[2]!.values, this.#layers[3]!.values]
    if (found?.secret !== undefined || !isObject(variables.body) || headers.body === undefined) return found
    return { value: mergeDeep(parsed(headers.body), variables.body) }
  }

  /** What placeholders stand for: a key, `secrets.<name>`, or a path into a variable such as `order.customer.name`. */
  readonly lookup: Lookup = (name) => this.get(name) ?? this.#secret(name) ?? this.#path(name) ?? this.#null(name)

  #secret(name: string): Found | undefined {
    return name.startsWith('secrets.') ? secretNamed(this.#layers[1]!.values, name.slice('secrets.'.length)) : undefined
  }

  #path(name: string): Found | undefined {
    const [first = '', ...rest] = name.split('.')
    const root = this.get(first)
    if (rest.length === 0 || root === undefined || root.secret !== undefined) return undefined
    let value = root.value
    for (const step of rest) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
      value = (value as Record<string, unknown>)[step]
    }
    return { value }
  }

  /** A variable that is there and null or empty is known. */
  #null(name: string): Found | undefined {
    return this.#layers.some(({ values }) => Object.hasOwn(values, name)) ? { value: null } : undefined
  }

  #find(isIt: (name: string) => boolean): Found | undefined {
    for (const { values, secret } of this.#layers) {
      const name = Object.keys(values).find((name) => isIt(name) && values[name] !== null && values[name] !== '')
      if (name !== undefined) return { value: values[name], ...(secret ? { secret: name } : {}) }
    }
    return undefined
  }
}

interface Layer {
  readonly values: Readonly<Record<string, unknown>>
  readonly secret?: true
}

function secretNamed(values: Readonly<Record<string, unknown>>, name: string): Found | undefined {
  return Object.hasOwn(values, name) ? { value: values[name], secret: name } : undefined
}

/** A header is a text: one that is a JSON object counts as it. */
function parsed(text: unknown): unknown {
  try {
    return readJson(String(text))
  } catch {
    return text
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
