// How the containers of this run are isolated: found out while manifests are read, settled when the workflow is known.

import { ArgoError } from '../../src/errors/argo-error.ts'
import { createBoxPool, type BoxPool } from '../../src/local/box/box-pool.ts'
import type { BoxRoot } from '../../src/local/box/box-spec.ts'
import { chooseRoot } from '../../src/local/box/choose-root.ts'
import { namespaceWords, tieWords } from '../../src/local/box/namespaces.ts'
import { probeIsolation } from '../../src/local/box/probe-isolation.ts'
import { becomeSubreaper } from '../../src/process/libc.ts'
import type { Workflow } from '../../src/spec/types.ts'
import type { IsolationMode } from './command-line.ts'
import { obstacles } from './placeable.ts'
import { ownProgram } from './own-program.ts'

export interface Boxes {
  readonly pool: BoxPool
  readonly root: BoxRoot
}

export interface Isolation {
  /** Throws ERR_ISOLATION when this workflow cannot run in the way that was asked for, or that is possible. */
  ready(workflow: Workflow, note: (line: string) => void): Promise<Boxes>
  close(): Promise<void>
}

/** One pod of three containers starts at once. */
const spares = 3

export function chooseIsolation(mode: IsolationMode, hidden: readonly string[]): Isolation {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0]
  const probe = mode === 'none' ? undefined : probeIsolation(uid, gid)
  let pool =
    mode === 'none'
      ? undefined
      : createBoxPool({ program: ownProgram(), namespaces: namespaceWords(uid, gid) }, spares)
  return {
    async ready(workflow, note) {
      const found = await probe
      if (found?.allowed === true && pool !== undefined) return { pool, root: chooseRoot(uid, hidden) }
      const reason = found?.allowed === false ? found.reason : undefined
      if (reason !== undefined && mode === 'namespace') {
        throw new ArgoError(`isolate the containers: ${reason}`, { code: 'ERR_ISOLATION' })
      }
      const inTheWay = obstacles(workflow)
      if (inTheWay.length > 0) {
        const why = reason === undefined ? '' : `; isolation would make it possible, but ${reason}`
        throw new ArgoError(`run without isolation: ${inTheWay.join('; ')}${why}`, { code: 'ERR_ISOLATION' })
      }
      if (reason !== undefined) note(`the steps run without isolation: ${reason}`)
      await pool?.close()
      // Daemons of the steps become children of this process when their container ends, and are ended by it.
      becomeSubreaper()
      pool = createBoxPool({ program: ownProgram(), namespaces: tieWords(), running: new Set() }, spares)
      return { pool, root: { type: 'none', path: '' } }
    },
    async close() {
      await pool?.close()
    },
  }
}
