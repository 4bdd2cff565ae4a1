import type { Row } from './row.ts'
import { commits } from './rows/commits.ts'

/** All rows, in the order in which they are measured and shown. */
export const rows: readonly Row[] = [commits]
