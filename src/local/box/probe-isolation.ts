// Whether this machine lets us isolate containers, and if not, which setting refuses and how to allow it.

import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { namespaceWords } from './namespaces.ts'

export type IsolationProbe = { readonly allowed: true } | { readonly allowed: false; readonly reason: string }

/** Tries the namespaces for real, with a mount inside: reading settings alone would miss seccomp and outer containers. */
export async function probeIsolation(
  uid: number,
  gid: number,
  signal?: AbortSignal,
): Promise<IsolationProbe> {
  const [file, ...words] = namespaceWords(uid, gid) as [string, ...string[]]
  if (!existsSync(file) || !existsSync('/usr/bin/unshare')) {
    return { allowed: false, reason: 'the programs setpriv and unshare of util-linux are not installed' }
  }
  const failure = await new Promise<string | undefined>((resolve) => {
    const options = { env: {}, timeout: 5000, ...(signal ? { signal } : {}) }
    execFile(file, [...words, '/usr/bin/true'], options, (error, _stdout, stderr) => {
      resolve(error === null ? undefined : stderr.trim().split('\n')[0] || error.message)
    })
  })
  return failure === undefined ? { allowed: true } : { allowed: false, reason: explainRefusal(failure) }
}

const settings: readonly {
  readonly path: string
  readonly refuses: (value: string) => boolean
  readonly hint: string
}[] = [
  {
    path: '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
    refuses: (value) => value === '1',
    hint: 'kernel.apparmor_restrict_unprivileged_userns=1 refuses it; allow it with: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0',
  },
  {
    path: '/proc/sys/kernel/unprivileged_userns_clone',
    refuses: (value) => value === '0',
    hint: 'kernel.unprivileged_userns_clone=0 refuses it; allow it with: sudo sysctl -w kernel.unprivileged_userns_clone=1',
  },
  {
    path: '/proc/sys/user/max_user_namespaces',
    refuses: (value) => value === '0',
    hint: 'user.max_user_namespaces=0 refuses it; allow it with: sudo sysctl -w user.max_user_namespaces=10000',
  },
]

/** `read` gives the text of a setting, undefined when the kernel has none of that name. */
export function explainRefusal(
  failure: string,
  read: (path: string) => string | undefined = readSetting,
): string {
  for (const { path, refuses, hint } of settings) {
    const value = read(path)
    if (value !== undefined && refuses(value.trim())) return hint
  }
  return `the kernel, or a container around this shell, refuses it (${failure}); in Docker allow it with: --security-opt seccomp=unconfined --security-opt apparmor=unconfined --cap-add SYS_ADMIN`
}

function readSetting(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
