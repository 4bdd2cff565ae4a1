import assert from 'node:assert/strict'
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { workspacePath } from './workspacePath.ts'

test('a file or folder of the workspace is found where it really lies', async (t) => {
  const workspace = await makeWorkspace(t)
  assert.equal(await workspacePath(workspace, 'handlers', 'handlers'), join(workspace, 'handlers'))
  assert.equal(await workspacePath(workspace, './handlers/a.ts', 'handlers'), join(workspace, 'handlers/a.ts'))
})

test('nothing there: the error names the input and says to check it out', async (t) => {
  await assert.rejects(workspacePath(await makeWorkspace(t), 'other', 'handlers'), {
    code: 'not_found',
    message: /input 'handlers'.*'other'.*check it out/,
  })
})

for (const path of ['../outside', '/etc/hostname', 'handlers/../../outside', 'link', 'linked']) {
  test(`${path} leads out of the workspace and is refused`, async (t) => {
    const workspace = await makeWorkspace(t)
    await assert.rejects(workspacePath(workspace, path, 'handlers'), {
      code: 'invalid',
      message: /leads out of the workspace/,
    })
  })
}

test('a link that leads nowhere is named; one that leads back is followed once', async (t) => {
  const workspace = await makeWorkspace(t)
  await symlink('.', join(workspace, 'handlers/again'))
  assert.equal(await workspacePath(workspace, 'handlers', 'handlers'), join(workspace, 'handlers'))
  await symlink('gone.ts', join(workspace, 'handlers/b.ts'))
  await assert.rejects(workspacePath(workspace, 'handlers', 'handlers'), {
    code: 'invalid',
    message: /input 'handlers'.*handlers\/b\.ts leads nowhere/,
  })
})

test('a link to a folder of the workspace does not hide a link that leads out of there', async (t) => {
  const workspace = await makeWorkspace(t)
  await symlink('../linked', join(workspace, 'handlers/library'))
  await assert.rejects(workspacePath(workspace, 'handlers', 'handlers'), { message: /leads out of the workspace/ })
})

/** A workspace beside a folder `outside`; `link` is a link to it, `linked` a folder with a link to a file of it. */
async function makeWorkspace(t: TestContext): Promise<string> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'commitbase-workspace-')))
  t.after(() => rm(root, { recursive: true }))
  const workspace = join(root, 'workspace')
  for (const folder of ['outside', 'workspace/handlers', 'workspace/linked'])
    await mkdir(join(root, folder), { recursive: true })
  await writeFile(join(root, 'outside/a.ts'), '')
  await writeFile(join(workspace, 'handlers/a.ts'), '')
  await symlink('../outside', join(workspace, 'link'))
  await symlink('../../outside/a.ts', join(workspace, 'linked/a.ts'))
  return workspace
}
