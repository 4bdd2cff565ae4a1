import { mkdir } from 'node:fs/promises'
import { runGit } from '../git.ts'
import { newPath } from '../scratch.ts'
import { writeFileOf } from './workTree.ts'

/** What actions/checkout runs at its default depth (its git-source-provider.ts), then the predecessor's add, commit and push. */
export async function checkOutAndPush(address: string, size: number, number: number): Promise<void> {
  const folder = await newPath('checkout')
  await mkdir(folder, { recursive: true })
  await runGit(folder, ['init', '--quiet'])
  await runGit(folder, ['remote', 'add', 'origin', address])
  const options = ['--no-tags', '--prune', '--no-recurse-submodules', '--depth=1', '--quiet']
  await runGit(folder, [
    '-c',
    'protocol.version=2',
    'fetch',
    ...options,
    'origin',
    '+refs/heads/main:refs/remotes/origin/main',
  ])
  await runGit(folder, ['checkout', '--quiet', '--force', '-B', 'main', 'refs/remotes/origin/main'])
  await writeFileOf(folder, 'flat', size, number)
  await runGit(folder, ['add', '.'])
  await runGit(folder, ['commit', '--quiet', '--message', 'UPSERT'])
  await runGit(folder, ['push', '--quiet', 'origin', 'main'])
}
