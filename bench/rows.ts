import type { Row } from './row.ts'
import { action } from './rows/action.ts'
import { coldStart } from './rows/coldStart.ts'
import { commits } from './rows/commits.ts'
import { contention } from './rows/contention.ts'
import { disk } from './rows/disk.ts'
import { engine } from './rows/engine.ts'
import { engineWaiting } from './rows/engineWaiting.ts'
import { history } from './rows/history.ts'
import { hub } from './rows/hub.ts'
import { latency } from './rows/latency.ts'
import { reads } from './rows/reads.ts'
import { soak } from './rows/soak.ts'

/** All rows, in the order in which they are measured and shown. */
export const rows: readonly Row[] = [
  commits,
  hub,
  engine,
  engineWaiting,
  latency,
  reads,
  history,
  coldStart,
  disk,
  action,
  contention,
  soak,
]
