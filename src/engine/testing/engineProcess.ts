import { openLocal } from '../../git/local/local.ts'
import { takeOwnership } from '../../git/local/owner.ts'
import { Writer } from '../../git/writer.ts'
import { createGitStore, engineRef } from '../gitStore.ts'
import { startEngine } from '../start.ts'

/**
 * An engine in a process of its own, on a repository in the folder that is named, which it owns: for tests that kill it. Prints
 * its address. A second argument is the file that its records go to.
 */
const [folder, records] = process.argv.slice(2) as [string, string?]
const repository = await openLocal(folder, { ownership: await takeOwnership(folder) })
const writer = new Writer({ repository, refs: [engineRef] })
const author = { name: 'Engine', email: 'engine@example.net' }
const store = createGitStore({ repository, writer, author, clock: Date.now })
const { address } = await startEngine({ store, port: 0, ...(records && { records: { file: records } }) })
console.log(address)
