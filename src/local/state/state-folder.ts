// The folder in which everything of a laptop's runs lies: objects of the API, artifacts, logs, and who runs just now.

import { chmodSync, existsSync, readdirSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { ArgoError, errorMessage } from '../../errors/argo-error.ts'
import type { Environment } from '../../util/environment.ts'
import { makeFolders } from '../../util/make-folders.ts'

export interface StateFolder {
  readonly path: string
  /** Database of the embedded API. */
  readonly database: string
  /** Objects of the embedded store. */
  readonly objects: string
  /** One folder per pod that runs. */
  readonly pods: string
  /** `POD/CONTAINER.log`, kept. */
  readonly logs: string
  /** Folders of persistent volume claims, kept. */
  readonly claims: string
  /** One file per `argo run` that runs. */
  readonly runs: string
}

/** Where the state lies: the flag, else what the XDG base directory specification says. */
export function stateFolder(flag: string | undefined, env: Environment): StateFolder {
  const base = env['XDG_STATE_HOME']?.startsWith('/')
    ? env['XDG_STATE_HOME']
    : join(env['HOME'] ?? homedir(), '.local/state')
  const path = resolve(flag ?? join(base, 'argo'))
  return {
    path,
    database: join(path, 'api.sqlite'),
    objects: join(path, 'objects'),
    pods: join(path, 'pods'),
    logs: join(path, 'logs'),
    claims: join(path, 'claims'),
    runs: join(path, 'runs'),
  }
}

/**
 * Makes what is missing; nobody but the user may look inside, for Secrets and logs lie there. Throws ERR_INVALID_INPUT
 * that names the folder and the flag.
 */
export function makeStateFolder(state: StateFolder): void {
  try {
    makeFolders(state.path, 0o700)
    closeToOthers(state)
    for (const path of [state.objects, state.pods, state.logs, state.claims, state.runs])
      makeFolders(path, 0o700)
  } catch (error) {
    throw new ArgoError(
      `keep the state in ${state.path}: ${errorMessage(error)}; choose a folder that you may write to with --state DIR`,
      { code: 'ERR_INVALID_INPUT', cause: error },
    )
  }
}

/** A folder of other things, such as /usr, is not closed because somebody named it. */
function closeToOthers({ path, objects }: StateFolder): void {
  if ((statSync(path).mode & 0o077) === 0) return
  if (!existsSync(objects) && readdirSync(path).length > 0)
    throw new Error('it holds other files and is open to other users')
  chmodSync(path, 0o700)
}
