/** The embedded engine as a process of its own, on a repository in the folder that is named, which it owns. */
import { createGitStore, engineRef } from '../../src/engine/gitStore.ts'
import { startEngine } from '../../src/engine/start.ts'
import { openLocal } from '../../src/git/local/local.ts'
import { takeOwnership } from '../../src/git/local/owner.ts'
import { Writer } from '../../src/git/writer.ts'

const folder = process.argv[2]!
const ownership = await takeOwnership(folder)
const repository = await openLocal(folder, { ownership })
const writer = new Writer({ repository, refs: [engineRef] })
const author = { name: 'Bench', email: 'bench@example.net' }
const store = createGitStore({ repository, writer, author, clock: Date.now })
const engine = await startEngine({ store, port: 0 })
process.send!({ address: engine.address })

process.on('message', async (asked) => {
  if (asked === 'usage') process.send!({ usage: usage() })
  if (asked === 'stop') {
    await engine.stop()
    await writer.close()
    await repository.close()
    await ownership.release()
    process.exit()
  }
})
// The benchmark is gone: what it asked for is of no use any more.
process.on('disconnect', () => process.exit())

function usage() {
  global.gc?.()
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed } = process.memoryUsage()
  return { cpu: (user + system) / 1000, rss, heap: heapUsed }
}
