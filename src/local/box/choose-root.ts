// Which view of the host the containers of this run get.

import { homedir } from 'node:os'
import type { BoxRoot } from './box-spec.ts'
import { hostView } from './host-view.ts'

/**
 * Root gets an overlay of the whole root, so that installing packages works as in a container; an ordinary user may
 * not mount one over the root, and sees the host's programs read-only. `hidden` names more folders to keep outside.
 */
export function chooseRoot(uid: number, hidden: readonly string[]): BoxRoot {
  if (uid !== 0) return { type: 'host', entries: hostView() }
  const always = ['/home', '/media', '/mnt', '/root', '/run', '/srv', '/tmp', '/var/tmp', homedir()]
  return { type: 'overlay', hidden: [...new Set([...always, ...hidden])] }
}
