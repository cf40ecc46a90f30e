// Runs a command inside namespaces of its own, bare or under the wrapper, with a folder of ours as /var/run/argo and a
// termination log: what a container runtime does, as far as main can tell.

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa, type Options } from 'execa'
import { containerDir } from '../../src/pod/paths.ts'
import { argoexecPath } from './argoexec.ts'

/** `$1` the folder of the pod, `$2` that of the program; then an own preparation, evaluated; then the command. */
const script = `
pod=$1 program=$2 prepare=$3; shift 3
mount -t tmpfs -o mode=755 tmpfs "$pod/dev"
for name in null zero full random urandom; do touch "$pod/dev/$name"; mount --bind "/dev/$name" "$pod/dev/$name"; done
mkdir "$pod/dev/pts"; mount -t devpts -o newinstance,ptmxmode=0666 devpts "$pod/dev/pts"; ln -s pts/ptmx "$pod/dev/ptmx"
for name in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/\${name%%:*}" "$pod/dev/\${name#*:}"; done
touch "$pod/dev/termination-log"; mount --bind "$pod/termination-log" "$pod/dev/termination-log"
mount --rbind "$program" "$pod/program"
mount --bind "$pod/argo" "$pod/run/argo"
mount --rbind "$pod/dev" /dev
mount --rbind "$pod/run" /run
eval "$prepare"
exec "$@"
`

export type WrappedPod = ReturnType<typeof makeWrappedPod>

export interface StartOptions extends Options {
  /** In a PID namespace of its own, as its first process. Default true. */
  readonly first?: boolean
  /** Shell text that changes what the command is given, such as limits. */
  readonly prepare?: string
}

export function makeWrappedPod() {
  const folder = mkdtempSync(join(tmpdir(), 'wrapped-'))
  for (const name of ['argo', 'dev', 'run/argo', 'program'])
    mkdirSync(join(folder, name), { recursive: true })
  for (const name of ['', 'argo']) chmodSync(join(folder, name), 0o777)
  writeFileSync(join(folder, 'termination-log'), '')
  const argo = join(folder, 'argo')
  const mail = containerDir('main', argo)
  const start = (command: readonly string[], { first = true, prepare = '', ...options }: StartOptions) => {
    const namespaces = first ? ['-Urmpf', '--kill-child', '--mount-proc'] : ['-Urm']
    const program = dirname(argoexecPath())
    return execa(
      'unshare',
      [...namespaces, 'sh', '-ec', script, 'sh', folder, program, prepare, ...command],
      {
        reject: false,
        stripFinalNewline: false,
        extendEnv: false,
        // A test that fails must leave nothing behind; the namespaces go with their first process.
        timeout: 25_000,
        killSignal: 'SIGKILL',
        ...options,
        env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...options.env },
      },
    )
  }
  return {
    folder,
    /** /var/run/argo of the pod, and the mailbox of main in it. */
    argo,
    mail,
    bare: (command: readonly string[], options: StartOptions = {}) => start(command, options),
    /** Under `emissary`, as the container main with an empty template unless `env` says otherwise. */
    wrapped: (command: readonly string[], options: StartOptions = {}) =>
      start([`${folder}/program/argoexec`, 'emissary', '--loglevel', 'info', '--', ...command], {
        ...options,
        env: { ARGO_CONTAINER_NAME: 'main', ARGO_TEMPLATE: '{}', ...options.env },
      }),
    program: join(folder, 'program/argoexec'),
    read: (name: string): string => readFileSync(join(mail, name), 'utf8'),
    terminationMessage: (): string => readFileSync(join(folder, 'termination-log'), 'utf8'),
    [Symbol.dispose]: (): void => rmSync(folder, { recursive: true, force: true }),
  }
}
