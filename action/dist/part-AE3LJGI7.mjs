import { createRequire as __createRequire } from 'node:module'
const require = __createRequire(import.meta.url)
const __bundleUrl = import.meta.url
import{connect,endStream,longPoll}from"./part-KVUJJSRA.mjs";import"./part-A2PKPF5R.mjs";import"./part-H3FGG7FW.mjs";import"./part-AMIJVAAX.mjs";export{connect,endStream,longPoll};
