// `argoexec box`: the first process of a container on a laptop. It waits for what it shall be, builds the container's
// view around itself and goes on as the role or command of that container. Started by the laptop's engine only.

import type { RunWords } from '../src/boot/roles.ts'
import { becomeCommand } from './box/become-command.ts'
import { closeInherited } from './box/close-inherited.ts'
import { hearSpec, report } from './box/control.ts'
import { replaceEnvironment } from '../src/util/environment.ts'
import { errorMessage } from '../src/errors/argo-error.ts'
import { duplicate } from '../src/process/libc.ts'
import { denyNewPrivileges } from '../src/local/box/drop-privileges.ts'
import { enterBox } from '../src/local/box/enter-box.ts'
import { enterFolder } from '../src/local/box/enter-folder.ts'
import { hostPid } from './box/host-pid.ts'
import { ownTerminal } from './box/own-terminal.ts'

export async function box(_argv: readonly string[], runWords: RunWords): Promise<number> {
  // 1. Keep nothing that the user's shell left open, say who we are, and wait for the specification: the engine starts boxes ahead of need.
  duplicate(1, 2)
  closeInherited()
  report({ type: 'ready', pid: hostPid() })
  const heard = hearSpec()
  if (heard === undefined) return 0

  // 2. Build the view and move into it.
  let spec = heard
  try {
    ownTerminal(heard.user)
    if (heard.root.type === 'none') spec = enterFolder(heard, heard.root.path)
    else enterBox(heard)
    if (heard.noNewPrivileges === true) denyNewPrivileges()
  } catch (error) {
    report({ type: 'failed', message: errorMessage(error) })
    return 128
  }

  // 3. Become the container: from here on nothing of the laptop is left in this process.
  replaceEnvironment(spec.env)
  report({ type: 'started' }, { last: true })
  if (spec.run.type === 'command') return becomeCommand(spec.run.words, spec.env)
  return runWords(spec.run.words)
}
