import type { FastifyInstance } from 'fastify'

/** By which a client asks for keys as texts, which lose nothing in JavaScript. */
const textKeys = 'application/vnd.camunda.api.keys.string+json'

/** Keys are numbers, as Zeebe 8.6 sends them, or texts for who asks for that, as 8.7 does too. A refusal has none. */
export function tellKeysAsAsked(app: FastifyInstance): void {
  app.addHook('preSerialization', async ({ headers }, reply, payload) => {
    if (reply.statusCode >= 400 || !headers.accept?.includes(textKeys)) return payload
    reply.type(textKeys)
    return asTexts(payload)
  })
}

/** What users put in may have such names, too. */
const users = ['variables', 'customHeaders']

function asTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asTexts)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (users.includes(name)) return [name, inner]
      return [name, typeof inner === 'number' && /[kK]ey$/.test(name) ? String(inner) : asTexts(inner)]
    }),
  )
}
