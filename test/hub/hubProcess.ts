/** A hub in a process of its own, to be killed: prints its address and token as JSON, stops when its input ends. */
import { loadHandlers } from '../../src/events/handlers/loadHandlers.ts'
import { startHub } from '../../src/hub/hub.ts'

const [folder, handlers] = process.argv.slice(2) as [string, string]
const hub = await startHub({ folder, repository: 'octo/shop', port: 0, handlers: await loadHandlers(handlers) })
process.stdout.write(`${JSON.stringify({ address: hub.address, token: hub.token, folder: hub.folder })}\n`)
for await (const _ of process.stdin);
await hub.stop()
