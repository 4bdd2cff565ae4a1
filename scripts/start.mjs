import { checkNode } from './checkNode.mjs'

checkNode()
const { start } = await import('./start.ts')
process.exitCode = await start(process.argv.slice(2))
