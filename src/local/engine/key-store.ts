// ConfigMaps and Secrets of one namespace for a pod: read once per pod, a missing one as a clear error.

import { ArgoError, hasCode } from '../../errors/argo-error.ts'
import { resources, type KubeApi, type KubeObject } from '../../kube/api.ts'

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>
  readonly binaryData?: Readonly<Record<string, string>>
}

interface Secret extends KubeObject {
  readonly data?: Readonly<Record<string, string>>
  readonly stringData?: Readonly<Record<string, string>>
}

export type KeyKind = 'configmap' | 'secret'
export type Keys = ReadonlyMap<string, Buffer>

export interface KeyStore {
  /** All keys; undefined when the object is missing and `optional`. Throws ERR_NOT_FOUND that names it. */
  read(kind: KeyKind, name: string, optional?: boolean): Promise<Keys | undefined>
}

export function createKeyStore(api: KubeApi, namespace: string, signal: AbortSignal): KeyStore {
  const known = new Map<string, Promise<Keys>>()
  const fetchKeys = async (kind: KeyKind, name: string): Promise<Keys> => {
    if (kind === 'configmap') {
      const { data = {}, binaryData = {} } = await api.get<ConfigMap>(resources.configMaps, namespace, name, {
        signal,
      })
      return new Map([...decode(data, 'utf8'), ...decode(binaryData, 'base64')])
    }
    const { data = {}, stringData = {} } = await api.get<Secret>(resources.secrets, namespace, name, {
      signal,
    })
    return new Map([...decode(data, 'base64'), ...decode(stringData, 'utf8')])
  }
  return {
    async read(kind, name, optional = false) {
      const id = `${kind}/${name}`
      const pending = known.get(id) ?? fetchKeys(kind, name)
      known.set(id, pending)
      try {
        return await pending
      } catch (error) {
        if (!hasCode(error, 'ERR_NOT_FOUND')) throw error
        if (optional) return undefined
        // deviates: a kubelet waits for it to appear; on a laptop nobody else will bring it, so the pod fails at once.
        throw new ArgoError(`${kind} "${name}" not found`, { code: 'ERR_NOT_FOUND', cause: error })
      }
    },
  }
}

function decode(
  data: Readonly<Record<string, string>>,
  encoding: BufferEncoding,
): readonly (readonly [string, Buffer])[] {
  return Object.entries(data).map(([key, text]) => [key, Buffer.from(text, encoding)])
}
