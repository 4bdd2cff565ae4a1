import { openLocal } from '../../git/local/local.ts'
import { takeOwnership } from '../../git/local/owner.ts'
import { Writer } from '../../git/writer.ts'
import { createGitStore, engineRef } from '../gitStore.ts'
import { startEngine } from '../start.ts'

/**
 * An engine in a process of its own, on a repository in the folder that is named, which it owns: for tests that kill it. Prints
 * its address.
 */
const folder = process.argv[2]!
const repository = await openLocal(folder, { ownership: await takeOwnership(folder) })
const writer = new Writer({ repository, refs: [engineRef] })
const author = { name: 'Engine', email: 'engine@example.net' }
const store = createGitStore({ repository, writer, author, clock: Date.now })
const { address } = await startEngine({ store, port: 0 })
console.log(address)
