/** What the package offers to tests of processes, such as those of node:test: `import { given, start, wait, completed } from 'commitbase/testing'`. */
export {
  type Action,
  cancel,
  complete,
  fail,
  publish,
  repair,
  start,
  throwError,
  wait,
  waitUntil,
} from './engine/given/actions.ts'
export {
  completed,
  completedAt,
  type Expectation,
  hasIncident,
  hasNoIncident,
  hasVariables,
  neverEntered,
  passed,
  terminated,
  waitsAt,
} from './engine/given/expectations.ts'
export { type Given, given, type When } from './engine/given/given.ts'
export type { ModelFile, World } from './engine/given/world.ts'
