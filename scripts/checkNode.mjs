// Plain JavaScript that any Node.js from 20 on can run: it says what to do before a newer one is needed.
import { existsSync } from 'node:fs'

/** Ends the process with one sentence where this Node.js is too old, or will not run the TypeScript of a clone as it is here. */
export function checkNode() {
  if (Number(process.versions.node.split('.')[0]) < 24)
    end(`this is Node.js ${process.versions.node}, and 24 is needed${whence}`)
  if (isClone && import.meta.url.includes('/node_modules/')) end(copied)
}

/** It has what the package leaves out. */
const isClone = existsSync(new URL('./linkNode.mjs', import.meta.url))

const whence = isClone
  ? "; run it by 'npm start', or 'npm run link' once and then 'npx commitbase', after 'npm ci', which brings Node.js 24 along (not with " +
    '--omit=optional), or install Node.js 24 from https://nodejs.org'
  : ': install it from https://nodejs.org'

/** Node.js strips no types there (ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING). */
const copied =
  "this is a copy of the sources below node_modules, where Node.js runs no TypeScript; clone the repository, run 'npm ci' and 'npm run package' " +
  "in the clone, and here 'npm install <the file that it makes>', or 'npm install <folder of the clone>', which links to it"

function end(sentence) {
  process.stderr.write(`commitbase: ${sentence}\n`)
  process.exit(1)
}
