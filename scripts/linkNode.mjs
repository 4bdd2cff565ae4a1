// `npm run link`, after npm ci: `node_modules/.bin/node`, which npm's scripts find first. npm 10, which comes with Node.js 20 and 22, makes it and takes it
// away again with the packages of other platforms, whose command has the same name.
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'

const windows = process.platform === 'win32'
const program = windows ? 'bin/node.exe' : 'bin/node'
const link = `node_modules/.bin/node${windows ? '.cmd' : ''}`

const { optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
const found = Object.keys(optionalDependencies).find((name) => existsSync(`node_modules/${name}/${program}`))
if (found && !existsSync(link)) {
  mkdirSync('node_modules/.bin', { recursive: true })
  if (windows) writeFileSync(link, `@"%~dp0\\..\\${found}\\bin\\node.exe" %*\r\n`)
  else symlinkSync(`../${found}/${program}`, link)
}
