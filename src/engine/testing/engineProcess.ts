import { startEngine } from '../start.ts'
import { openFolder } from '../storage/openFolder.ts'

/**
 * An engine in a process of its own, on a repository in the folder that is named, which it owns: for tests that kill it. Prints
 * its address. A second argument is the file that its records go to.
 */
const [folder, records] = process.argv.slice(2) as [string, string?]
const { store } = await openFolder(folder, { author: { name: 'Engine', email: 'engine@example.net' } })
const { address } = await startEngine({ store, port: 0, ...(records && { records: { file: records } }) })
console.log(address)
