/** What a placeholder's name stands for. */
export type Lookup = (name: string) => Found | undefined

export interface Found {
  readonly value: unknown
  /** The secret's name, where it is one. */
  readonly secret?: string
}

export interface RenderOptions {
  /** Leaves the placeholders of secrets as they are: the text before secrets are put in. */
  readonly withoutSecrets?: boolean
  /** Leaves the placeholders of unknown names as they are, instead of putting nothing in their place. */
  readonly keepUnknown?: boolean
  /** Gets the names of the secrets that were put in. */
  readonly used?: Set<string>
}

/**
 * Replaces `{{name}}`, `{{{name}}}`, `{{&name}}` (without HTML escaping, which a request has no use for) and `${name}`, in one pass: what was
 * put in is not looked through again. Nothing stands for null or an unknown name; `${unknown}` stays, as in the worker of old.
 */
export function render(template: string, lookup: Lookup, options: RenderOptions = {}): string {
  return template.replaceAll(placeholder, (all: string, triple?: string, double?: string, dollar?: string) => {
    const found = lookup((triple ?? double ?? dollar ?? '').trim())
    if (!found) return options.keepUnknown || dollar !== undefined ? all : ''
    if (found.secret !== undefined) {
      if (options.withoutSecrets) return all
      options.used?.add(found.secret)
    }
    return textOf(found.value)
  })
}

/** The same for every text in a JSON value. Names of properties are not templates, and unknown placeholders stay: they are somebody's data. */
export function renderDeep(value: unknown, lookup: Lookup, options: RenderOptions = {}): unknown {
  if (typeof value === 'string') return render(value, lookup, { ...options, keepUnknown: true })
  if (Array.isArray(value)) return value.map((item) => renderDeep(item, lookup, options))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, renderDeep(item, lookup, options)]))
}

/** The names in a text's placeholders. */
export function namesIn(template: string): string[] {
  return [...template.matchAll(placeholder)].map(([, triple, double, dollar]) =>
    (triple ?? double ?? dollar ?? '').trim(),
  )
}

/** A value as text: nothing for null, JSON for what has parts. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

const placeholder = /\{\{\{\s*([^{}#^/!>]+?)\s*\}\}\}|\{\{\s*&?\s*([^{}#^/!>&]+?)\s*\}\}|\$\{([^{}]+)\}/g
