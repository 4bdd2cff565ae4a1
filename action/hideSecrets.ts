import type { Inputs } from './inputs.ts'

interface Masks {
  setSecret(secret: string): void
}

/** Has the runner mask each secret in whatever is printed from now on, and takes the inputs' copies out of the environment that handlers and child processes see. */
export function hideSecrets({ token, engine }: Inputs, masks: Masks, env: Record<string, string | undefined>): void {
  for (const secret of [token, basic(token), engine.ZEEBE_CLIENT_SECRET ?? '', env.ZEEBE_CLIENT_SECRET ?? '']) {
    if (secret) masks.setSecret(secret)
  }
  for (const name of ['INPUT_GITHUB_TOKEN', 'INPUT_ZEEBE_CLIENT_SECRET', 'INPUT_CLIENT_CONFIG']) {
    delete env[name]
    delete env[name.replaceAll('_', '').replace('INPUT', 'INPUT_')]
  }
}

/** As git sends it: HTTP's basic form. */
function basic(token: string): string {
  return token && Buffer.from(`x-access-token:${token}`).toString('base64')
}
