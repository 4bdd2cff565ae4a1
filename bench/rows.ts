import type { Row } from './row.ts'
import { commits } from './rows/commits.ts'
import { hub } from './rows/hub.ts'
import { latency } from './rows/latency.ts'

/** All rows, in the order in which they are measured and shown. */
export const rows: readonly Row[] = [commits, hub, latency]
