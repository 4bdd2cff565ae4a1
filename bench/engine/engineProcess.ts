/** The embedded engine as a process of its own, on a repository in the folder that is named, which it owns. */

import { giveMemoryBack } from '../../src/cli/giveMemoryBack.ts'
import { startEngine } from '../../src/engine/start.ts'
import { openFolder } from '../../src/engine/storage/openFolder.ts'

// As `commitbase engine` and `npm start` do.
giveMemoryBack()
const folder = process.argv[2]!
const { store, close } = await openFolder(folder, { author: { name: 'Bench', email: 'bench@example.net' } })
const engine = await startEngine({ store, port: 0 })
process.send!({ address: engine.address })

process.on('message', async (asked) => {
  if (asked === 'usage') process.send!({ usage: usage() })
  if (asked === 'stop') {
    await engine.stop()
    await close()
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
