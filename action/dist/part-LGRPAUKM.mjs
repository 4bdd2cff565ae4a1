import { createRequire as __createRequire } from 'node:module'
const require = __createRequire(import.meta.url)
const __bundleUrl = import.meta.url
import{publish,publisherTo}from"./part-Z75HIIFT.mjs";import"./part-A2PKPF5R.mjs";import"./part-H3FGG7FW.mjs";import"./part-AMIJVAAX.mjs";export{publish,publisherTo};
