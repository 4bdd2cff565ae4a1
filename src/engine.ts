/** What the package offers to programs that run the embedded engine themselves: `import { openFolder, startEngine } from 'commitbase/engine'`. */
export { createControlledClock } from './engine/runtime/controlledClock.ts'
export { type EngineOptions, type RunningEngine, startEngine } from './engine/start.ts'
export { openFolder } from './engine/storage/openFolder.ts'
export { createMemoryStore, type EngineStore } from './engine/storage/store.ts'
