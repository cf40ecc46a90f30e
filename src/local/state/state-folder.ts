// The folder in which everything of a laptop's runs lies: objects of the API, artifacts, logs, and who runs just now.

import { chmodSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Environment } from '../../util/environment.ts'

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

/** Makes what is missing; nobody but the user may look inside, for Secrets and logs lie there. */
export function makeStateFolder(state: StateFolder): void {
  mkdirSync(state.path, { recursive: true, mode: 0o700 })
  chmodSync(state.path, 0o700)
  for (const path of [state.objects, state.pods, state.logs, state.claims, state.runs])
    mkdirSync(path, { recursive: true, mode: 0o700 })
}
