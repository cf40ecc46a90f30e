// Which view of the host the containers of this run get.

import { homedir } from 'node:os'
import type { BoxRoot } from './box-spec.ts'
import { hostView } from './host-view.ts'

const always = ['/home', '/media', '/mnt', '/root', '/run', '/srv', '/tmp', '/var/tmp']
/** Programs lie here: hiding one of these would hide what the steps run. */
const system = ['/bin', '/boot', '/dev', '/etc', '/lib', '/opt', '/proc', '/sbin', '/sys', '/usr', '/var/lib']

/**
 * Root gets an overlay of the whole root, so that installing packages works as in a container; an ordinary user may
 * not mount one over the root, and sees the host's programs read-only. `hidden` names more folders to keep outside.
 */
export function chooseRoot(uid: number, hidden: readonly string[]): BoxRoot {
  const entries = hostView()
  if (uid !== 0) return { type: 'host', entries }
  const folders = new Set([...always, ...[homedir(), ...hidden].filter(isPrivate)])
  // What lies in a hidden folder is hidden with it.
  const outermost = [...folders].filter((path) => ![...folders].some((other) => path.startsWith(`${other}/`)))
  return { type: 'overlay', hidden: outermost, entries }
}

function isPrivate(path: string): boolean {
  return (
    path !== '/' &&
    !system.some(
      (folder) => folder === path || folder.startsWith(`${path}/`) || path.startsWith(`${folder}/`),
    )
  )
}
