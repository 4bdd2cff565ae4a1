import { createRequire as __createRequire } from 'node:module'
const require = __createRequire(import.meta.url)
const __bundleUrl = import.meta.url
import{connect,endStream,longPoll}from"./part-QY7J5BGL.mjs";import"./part-MPH72FZN.mjs";import"./part-H3FGG7FW.mjs";import"./part-AMIJVAAX.mjs";export{connect,endStream,longPoll};
