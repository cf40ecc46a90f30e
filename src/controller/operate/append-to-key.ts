// `subPath` of an artifact argument: the same store, a key further down.

import { posix } from 'node:path'
import { ArgoError } from '../../errors/argo-error.ts'
import type { Artifact } from '../../spec/types.ts'

/** @throws ArgoError ERR_BAD_REQUEST for stores without keys. */
export function appendToKey(artifact: Artifact, subPath: string): Artifact {
  if (artifact.s3 !== undefined) {
    return { ...artifact, s3: { ...artifact.s3, key: posix.join(artifact.s3.key ?? '', subPath) } }
  }
  if (artifact.http !== undefined) {
    return { ...artifact, http: { ...artifact.http, url: joinUrl(artifact.http.url ?? '', subPath) } }
  }
  throw new ArgoError(`artifact ${artifact.name}: subPath ${subPath} needs a store with keys`, {
    code: 'ERR_BAD_REQUEST',
  })
}

function joinUrl(url: string, subPath: string): string {
  return `${url.replace(/\/+$/, '')}/${subPath.replace(/^\/+/, '')}`
}
