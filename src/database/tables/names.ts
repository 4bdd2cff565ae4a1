import { CommitbaseError } from '../../errors.ts'
import { shown } from '../json/json.ts'

/** What an id or a table's name may be, in words for messages. */
const rule = '1 to 128 characters of A-Z a-z 0-9 . _ ~ -, not starting or ending with a dot'

/** Gives the name back, or throws `invalid` with the rule that it breaks (DESIGN: db/<table>/<_id>.json). */
export function checkTable(name: unknown): string {
  return checkName(name, 'table')
}

export function checkId(id: unknown): string {
  return checkName(id, '_id')
}

/** Why it cannot be the name of a table or a record; nothing where it can. */
export function nameProblem(name: unknown): string | undefined {
  if (typeof name !== 'string') return 'must be a text'
  if (surelyGood.test(name)) return undefined
  if (!/^[A-Za-z0-9._~-]{1,128}$/.test(name) || name.startsWith('.') || name.endsWith('.')) return `must be ${rule}`
  if (name === '__proto__') return "must not be the name under which JavaScript keeps an object's prototype"
  if (deviceName.test(name)) return 'must not be a device name of Windows'
  if (gitShortName.test(name)) return "must not be what Windows takes for git's own files"
  return undefined
}

/**
 * The names of the folders from the repository's root to the tables. Throws `invalid` for what could reach outside of the
 * repository or into what git and GitHub keep there.
 */
export function parseBasedir(basedir: unknown): readonly string[] {
  if (basedir !== lastBasedir || lastNames.length === 0) {
    lastNames = namesOf(basedir)
    lastBasedir = basedir
  }
  return lastNames
}

/** Each transaction asks, and mostly for the same one. */
let lastBasedir: unknown
let lastNames: readonly string[] = []

function namesOf(basedir: unknown): string[] {
  if (typeof basedir !== 'string') throw new CommitbaseError('invalid', `basedir must be a text; got ${shown(basedir)}`)
  const names = basedir
    .replace(/^(\.\/)+/, '')
    .replace(/\/+$/, '')
    .split('/')
  for (const name of names) {
    const problem = basedirProblem(name)
    if (problem)
      throw new CommitbaseError(
        'invalid',
        `basedir must be a folder inside the repository, such as db: ${problem}; got ${shown(basedir)}`,
      )
  }
  return names
}

/** Most names are: of the characters that there may be, and beginning like none of those that must not be. */
const surelyGood =
  /^(?!con|prn|aux|nul|com|lpt|gi|mailma|maba|_)[A-Za-z0-9_~-](?:[A-Za-z0-9._~-]{0,126}[A-Za-z0-9_~-])?$/i

/** CON, PRN, AUX, NUL, COM1, LPT1 …, with any extension and in any case: no file on Windows can have such a name. */
const deviceName = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

/** 8.3 names of `.git`, `.github`, `.gitmodules` and the like, as git's own check (fsck, `core.protectNTFS`) has them. */
const gitShortName = /^(git[a-z]*|gi[0-9a-f]{4}|mailma|maba30)~\d+(\.|$)/i

function checkName(name: unknown, what: string): string {
  const problem = nameProblem(name)
  if (problem) throw new CommitbaseError('invalid', `${what} ${problem}; got ${shown(name)}`)
  return name as string
}

function basedirProblem(name: string): string | undefined {
  if (name === '') return 'it starts with a slash or names nothing'
  if (/^\.git(hub)?$/i.test(name)) return `${name} is not for records`
  const problem = nameProblem(name.replace(/^\.(?=[^.])/, ''))
  return problem && `'${name.slice(0, 40)}' ${problem}`
}
