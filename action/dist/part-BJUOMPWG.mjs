import { createRequire as __createRequire } from 'node:module'
const require = __createRequire(import.meta.url)
const __bundleUrl = import.meta.url
import{publish,publisherTo}from"./part-VEDIHEO7.mjs";import"./part-MPH72FZN.mjs";import"./part-H3FGG7FW.mjs";import"./part-AMIJVAAX.mjs";export{publish,publisherTo};
