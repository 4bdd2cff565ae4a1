import { createRequire as __createRequire } from 'node:module'
const require = __createRequire(import.meta.url)
const __bundleUrl = import.meta.url
import{connect,endStream,longPoll}from"./part-YUVTWZC2.mjs";import"./part-OGNTZNHZ.mjs";import"./part-H3FGG7FW.mjs";import"./part-AMIJVAAX.mjs";export{connect,endStream,longPoll};
