import { debug, error, getInput, info, notice, setFailed, setOutput, setSecret, summary, warning } from '@actions/core'

/** How a step speaks to its runner. Only this much of @actions/core: the rest would bring an HTTP client into the bundle. */
export const runner = { debug, error, getInput, info, notice, setFailed, setOutput, setSecret, summary, warning }

export type Runner = typeof runner
