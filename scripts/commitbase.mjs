#!/usr/bin/env node
import { checkNode } from './checkNode.mjs'
import { keepCompiled } from './keepCompiled.mjs'

checkNode()
keepCompiled()
const { main } = await import('../src/cli/main.ts')
process.exitCode = await main(process.argv.slice(2))
