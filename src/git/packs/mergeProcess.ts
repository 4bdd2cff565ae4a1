/** What runs in the process of `mergeApart`: its arguments are the mark, the folder and the names of the packs, it prints the name of the one they become. */
import { gently, nodeFiles, unhurried } from '../disk/files.ts'
import { mergePacks } from './mergePacks.ts'

// Who asked holds the other end: when it is gone, nobody needs the answer. `process.exit` may wait for ever (nodejs/node#54918).
process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL')).resume()

const [mark, folder, ...names] = process.argv.slice(2)
process.stdout.write(await mergePacks(folder!, names, unhurried(gently(nodeFiles)), mark))
process.stdin.destroy()
