// Plain JavaScript that any Node.js from 20 on can run: it says what to do before a newer one is needed.

/** Ends the process with one sentence where this Node.js is too old to run TypeScript as it is. */
export function checkNode() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return
  process.stderr.write(
    `commitbase: this is Node.js ${process.versions.node}, and 24 is needed; run it by 'npm start', or 'npm run link' once and then ` +
      `'npx commitbase', after 'npm ci', which brings Node.js 24 along (not with --omit=optional), or install Node.js 24 from https://nodejs.org\n`,
  )
  process.exit(1)
}
