import type { Target } from './target.ts'
import { bpmn } from './targets/bpmn.ts'
import { dispatch } from './targets/dispatch.ts'
import { dmn } from './targets/dmn.ts'
import { feel } from './targets/feel.ts'
import { pack } from './targets/pack.ts'
import { trailers } from './targets/trailers.ts'

/** What is fuzzed, by name. */
export const targets: Readonly<Record<string, Target>> = { pack, dispatch, bpmn, dmn, trailers, feel }
