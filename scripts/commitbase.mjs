#!/usr/bin/env node
import { checkNode } from './checkNode.mjs'

checkNode()
const { main } = await import('../src/cli/main.ts')
process.exitCode = await main(process.argv.slice(2))
