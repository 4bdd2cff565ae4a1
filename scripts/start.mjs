import { checkNode } from './checkNode.mjs'
import { keepCompiled } from './keepCompiled.mjs'

checkNode()
keepCompiled()
const { start } = await import('./start.ts')
process.exitCode = await start(process.argv.slice(2))
