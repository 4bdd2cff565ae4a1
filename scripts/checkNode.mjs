// Plain JavaScript that any Node.js from 20 on can run: it says what to do before a newer one is needed.

/** Ends the process with one sentence where this Node.js is too old to run TypeScript as it is, or will not run it here. */
export function checkNode() {
  if (Number(process.versions.node.split('.')[0]) < 24) end(tooOld())
  if (import.meta.url.includes('/node_modules/')) end(copied)
}

/** Node.js strips no types there (ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING). */
const copied =
  "this is a copy below node_modules, where Node.js runs no TypeScript; clone the repository, run 'npm ci' in the clone, and " +
  "here 'npm install <folder of the clone>', which links to it"

function end(sentence) {
  process.stderr.write(`commitbase: ${sentence}\n`)
  process.exit(1)
}

function tooOld() {
  return (
    `this is Node.js ${process.versions.node}, and 24 is needed; run it by 'npm start', or 'npm run link' once and then ` +
    `'npx commitbase', after 'npm ci', which brings Node.js 24 along (not with --omit=optional), or install Node.js 24 from https://nodejs.org`
  )
}
