import { eventKey } from '../../src/database/receipts/eventKey.ts'
import type { Receipt } from '../../src/database/receipts/receipt.ts'
import type { Remote } from './remote.ts'

/** The receipt of an event of acme/shop, read from the remote by git; nothing where there is none. */
export async function receiptOf(remote: Remote, id: string): Promise<Receipt | undefined> {
  const key = eventKey('https://github.com/acme/shop', id)
  const files = await remote.git('ls-tree', '-r', '--name-only', 'refs/commitbase/receipts').catch(() => '')
  const path = files.split('\n').find((name) => name.endsWith(`${key}.json`))
  return path && JSON.parse(await remote.git('show', `refs/commitbase/receipts:${path}`))
}

export async function countReceipts(remote: Remote): Promise<number> {
  const files = await remote.git('ls-tree', '-r', '--name-only', 'refs/commitbase/receipts').catch(() => '')
  return files.split('\n').filter((name) => /[0-9a-f]{64}\.json$/.test(name) && !name.startsWith('dead/')).length
}

/** All receipts in the order of their `seq`. */
export async function readReceipts(remote: Remote): Promise<Receipt[]> {
  const files = await remote.git('ls-tree', '-r', '--name-only', 'refs/commitbase/receipts', 'order').catch(() => '')
  const paths = files.split('\n').filter(Boolean)
  const texts = await Promise.all(paths.map((path) => remote.git('show', `refs/commitbase/receipts:${path}`)))
  return texts.map((text) => JSON.parse(text))
}
