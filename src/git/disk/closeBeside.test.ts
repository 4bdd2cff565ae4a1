import assert from 'node:assert/strict'
import { fstatSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { newFolder } from '../testing/gitFolder.ts'
import { closeBeside } from './closeBeside.ts'

test('many files are closed one after the other: the threads that wait for the disk are others, too', async (t) => {
  const folder = await newFolder(t)
  const files = Array.from({ length: 20 }, (_, number) => openSync(join(folder, String(number)), 'w'))
  for (const file of files) closeBeside(file)
  let most = requests()
  while (files.some(isOpen)) {
    await delay(0)
    most = Math.max(most, requests())
  }
  assert.ok(most <= 1, `${most} at once`)
})

/** What the threads are asked for. */
function requests(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'FSReqCallback').length
}

function isOpen(file: number): boolean {
  try {
    fstatSync(file)
    return true
  } catch {
    return false
  }
}
