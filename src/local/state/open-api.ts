// The objects of a state folder for commands that only look: the API in process, without a server.

import { existsSync } from 'node:fs'
import { ArgoError } from '../../errors/argo-error.ts'
import { resources, type KubeApi, type KubeObject } from '../../kube/api.ts'
import type { Workflow } from '../../spec/types.ts'
import { nearest } from '../../util/nearest.ts'
import { inProcessApi } from '../api/in-process.ts'
import { ObjectStore } from '../api/store.ts'
import { namespace } from './names.ts'
import type { StateFolder } from './state-folder.ts'

export interface OpenApi extends Disposable {
  readonly api: KubeApi
}

/** Throws ERR_NOT_FOUND when nothing ran with this state folder yet. */
export function openApi(state: StateFolder): OpenApi {
  if (!existsSync(state.database)) {
    throw new ArgoError(
      `no workflow has run with the state folder ${state.path}; start one with: argo run FILE`,
      { code: 'ERR_NOT_FOUND' },
    )
  }
  const store = new ObjectStore(state.database)
  const closing = new AbortController()
  return {
    api: inProcessApi(store, () => undefined, closing.signal),
    [Symbol.dispose]() {
      closing.abort(new Error('the command has ended'))
      store.close()
    },
  }
}

/** By name, or `@latest`. Throws ERR_NOT_FOUND with the nearest name. */
export async function findWorkflow(api: KubeApi, name: string): Promise<Workflow & KubeObject> {
  const { items } = await api.list<Workflow & KubeObject>(resources.workflows, namespace)
  const found =
    name === '@latest' ? items.toSorted(byAge).at(-1) : items.find(({ metadata }) => metadata.name === name)
  if (found !== undefined) return found
  const near = nearest(
    name,
    items.map(({ metadata }) => metadata.name ?? ''),
  )
  throw new ArgoError(
    name === '@latest'
      ? 'there is no workflow yet'
      : `there is no workflow ${JSON.stringify(name)}${near === undefined ? '' : `, did you mean ${near}?`}`,
    { code: 'ERR_NOT_FOUND' },
  )
}

/** Creation times are whole seconds; versions tell the order within one. */
function byAge(a: KubeObject, b: KubeObject): number {
  const [left = '', right = ''] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp]
  if (left !== right) return left < right ? -1 : 1
  return Number(a.metadata.resourceVersion ?? 0) - Number(b.metadata.resourceVersion ?? 0)
}
