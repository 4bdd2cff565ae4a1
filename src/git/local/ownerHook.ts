import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CommitbaseError } from '../../errors.ts'

/**
 * Puts the hook into a repository's folder that keeps everybody but its owner from moving refs, while that owner lives
 * (githooks, `reference-transaction`). Throws `conflict` where the folder has such a hook of somebody else.
 */
export async function installOwnerHook(folder: string): Promise<void> {
  const file = join(folder, 'hooks', 'reference-transaction')
  const present = await readFile(file, 'utf8').catch(() => '')
  if (present === script) return
  if (present !== '' && !present.includes(signature)) {
    throw new CommitbaseError('conflict', `${file} is a hook of somebody else; move it away, or choose another folder`)
  }
  await mkdir(join(folder, 'hooks'), { recursive: true })
  await writeFile(file, script)
  await chmod(file, 0o755)
}

const signature = '# Commitbase: only the process that owns this repository moves its refs.'

/** What makes an owner live is the same as in `processIdentity.ts`. */
const script = `#!/bin/sh
${signature}
[ "$1" = prepared ] || exit 0
folder="\${GIT_DIR:-.}"
if [ -f "$folder/commondir" ]; then
  # A linked worktree (gitrepository-layout): HEAD and these are its own. To check a branch out names it as it is; two values
  # of zeros are a deletion of whatever is there.
  shared=
  while read -r old new ref; do
    case "$ref" in
      refs/bisect/* | refs/rewritten/* | refs/worktree/*) ;;
      refs/*)
        case "$new" in
          *[!0]*) [ "$old" = "$new" ] || shared=$ref ;;
          *) shared=$ref ;;
        esac
        ;;
    esac
  done
  [ -n "$shared" ] || exit 0
  read -r common <"$folder/commondir"
  case "$common" in
    /*) folder=$common ;;
    *) folder=$folder/$common ;;
  esac
fi
nobody() {
  [ -e "$folder/commitbase-ahead" ] || exit 0
  echo "the process that owned this repository was killed, and its last writes wait in commitbase-ahead; start it again first" >&2
  exit 1
}
lock="$folder/commitbase-owner"
[ -e "$lock" ] || nobody
if [ ! -r "$lock" ]; then
  echo "this repository is in use by a process of another user; write to it through that process" >&2
  exit 1
fi
while IFS='=' read -r name value; do
  case "$name" in
    pid) pid=$value ;;
    identity) identity=$value ;;
    secret) secret=$value ;;
    address) address=$value ;;
  esac
done <"$lock"
[ -n "$secret" ] && [ "$COMMITBASE_OWNER" = "$secret" ] && exit 0
if [ "$identity" = unknown ]; then
  kill -0 "$pid" 2>/dev/null || nobody
else
  stat=$(cat "/proc/$pid/stat" 2>/dev/null) || nobody
  set -- \${stat##*) }
  [ "$1" = Z ] && nobody
  shift 19
  [ "$(cat /proc/sys/kernel/random/boot_id)/$1" = "$identity" ] || nobody
fi
echo "this repository is in use by process $pid\${address:+ at $address}; push to it there, or end it first" >&2
exit 1
`
