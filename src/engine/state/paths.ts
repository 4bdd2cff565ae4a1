import type { Key } from '../key.ts'

/* What lies where among the engine's documents. */

export const enginePath = 'engine.json'
export const instancePath = (key: Key): string => `instances/${key}.json`
export const processPath = (key: Key): string => `processes/${key}.json`
export const decisionsPath = (requirementsKey: Key): string => `decisions/${requirementsKey}.json`
export const formPath = (key: Key): string => `forms/${key}.json`
export const retiredPath = (key: Key): string => `retired/${key}.json`
export const messagePath = (key: Key): string => `messages/${key}.json`
