// The words that put a program into namespaces of its own, tied to the life of this process.

import { existsSync } from 'node:fs'

const setpriv = ['/usr/bin/setpriv', '--pdeathsig', 'KILL']

/**
 * `setpriv` lets the kernel kill the box when this process dies, `unshare` makes the namespaces and passes the death on
 * to the first process inside, and the PID namespace to everything that was ever started there.
 *
 * An ordinary user keeps the own ids: with ids mapped to root, `tar x`, `chown` and `setgroups` would behave as for
 * nobody else. Root needs no user namespace; what it may do is limited by dropping capabilities.
 */
export function namespaceWords(uid: number, gid: number): readonly string[] {
  const user = uid === 0 ? [] : ['--user', `--map-user=${uid}`, `--map-group=${gid}`, '--keep-caps']
  return [
    ...setpriv,
    '/usr/bin/unshare',
    ...user,
    '--mount',
    '--uts',
    '--ipc',
    '--pid',
    '--fork',
    '--kill-child=KILL',
  ]
}

/** Without namespaces: the kernel at least kills a container's first process when this one dies. */
export function tieWords(): readonly string[] {
  return existsSync('/usr/bin/setpriv') ? setpriv : []
}
