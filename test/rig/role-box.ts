// Runs a role of the built executable in a root of its own, with the folders of one pod at their real paths: user and
// mount namespaces, no privileges.

import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { killSession } from '../../src/local/box/kill-session.ts'
import type { Environment } from '../../src/util/environment.ts'
import { argoexecPath } from './argoexec.ts'

export type RoleBox = ReturnType<typeof makeRoleBox>

export interface RoleOptions {
  readonly env: Environment
  /** Path in the pod -> volume name, or absolute host path. */
  readonly mounts: Readonly<Record<string, string>>
}

/** `$1` new root; then pairs of source and target; after `--` the command. */
const script = `
root=$1; shift
mount -t tmpfs tmpfs "$root"
for name in usr bin sbin lib lib64 etc proc; do
  if [ -L "/$name" ]; then cp -d "/$name" "$root/$name"
  elif [ -e "/$name" ]; then mkdir "$root/$name"; mount --rbind "/$name" "$root/$name"; fi
done
mkdir -p "$root/dev" "$root/tmp"
for name in null zero random urandom; do touch "$root/dev/$name"; mount --bind "/dev/$name" "$root/dev/$name"; done
while [ "$1" != -- ]; do
  if [ -d "$1" ]; then mkdir -p "$root$2"; else mkdir -p "$root$(dirname "$2")"; touch "$root$2"; fi
  mount --rbind "$1" "$root$2"; shift 2
done
shift
exec chroot "$root" "$@"
`

/** Reads `SIZE FOLDER` per line and mounts a disk of that size there; its namespaces last until it is killed. */
const holder = `
while read -r size folder; do mount -t tmpfs -o "size=$size" tmpfs "$folder"; echo mounted; done
`

/** Disposing removes the folders and ends what still runs. `program`: another executable than the one in dist/. */
export function makeRoleBox(program = argoexecPath()) {
  const folder = mkdtempSync(join(tmpdir(), 'role-box-'))
  const sessions: number[] = []
  let disks: ReturnType<typeof startHolder> | undefined
  /** Host folder behind a volume of the pod, made when first asked for. */
  const volume = (name: string): string => {
    const path = join(folder, 'volumes', name)
    mkdirSync(path, { recursive: true })
    return path
  }
  return {
    volume,
    /** Puts a small disk on a folder of a volume, as the containers that are started later see it. */
    smallDisk: async (name: string, size: string): Promise<void> => {
      disks ??= startHolder()
      const mounted = once(disks.stdout, 'data')
      disks.stdin.write(`${size} ${volume(name)}\n`)
      await mounted
    },
    /** Starts `argoexec WORDS` with volumes or host paths mounted at the given absolute paths. */
    start: (container: string, words: readonly string[], { env, mounts }: RoleOptions) => {
      const root = join(folder, 'root', container)
      mkdirSync(root, { recursive: true })
      const message = join(folder, `termination-${container}`)
      writeFileSync(message, '')
      const places = { ...mounts, '/dev/termination-log': message, '/opt/argo': dirname(program) }
      const pairs = Object.entries(places).flatMap(([path, source]) => [
        source.startsWith('/') ? source : volume(source),
        path,
      ])
      const inside = container === 'main' ? '/var/run/argo/argoexec' : '/opt/argo/argoexec'
      const build = ['sh', '-ec', script, 'sh', root, ...pairs, '--', inside, ...words]
      const more = { ...env, ARGO_CONTAINER_NAME: container }
      const child =
        disks?.pid === undefined
          ? start('unshare', ['-Urm', ...build], more)
          : start('nsenter', [...namespacesOf(disks.pid), 'unshare', '-m', ...build], more)
      if (child.pid !== undefined) sessions.push(child.pid)
      return child
    },
    terminationMessage: (container: string): string =>
      readFileSync(join(folder, `termination-${container}`), 'utf8'),
    [Symbol.dispose]: (): void => {
      disks?.kill('SIGKILL')
      // Also what a killed main has left running: a container's PID namespace would have taken it along.
      for (const session of sessions) killSession(session)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function startHolder() {
  return execa('unshare', ['-Urm', 'sh', '-ec', holder], { reject: false })
}

function namespacesOf(pid: number): readonly string[] {
  return ['-t', String(pid), '-U', '-m', '--preserve-credentials']
}

function start(file: string, args: readonly string[], env: Environment) {
  return execa(file, args, {
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...env },
    extendEnv: false,
    reject: false,
    // A session of its own, as a container's first process has.
    detached: true,
  })
}
