import type { Row } from './row.ts'
import { commits } from './rows/commits.ts'
import { history } from './rows/history.ts'
import { hub } from './rows/hub.ts'
import { latency } from './rows/latency.ts'
import { reads } from './rows/reads.ts'

/** All rows, in the order in which they are measured and shown. */
export const rows: readonly Row[] = [commits, hub, latency, reads, history]
