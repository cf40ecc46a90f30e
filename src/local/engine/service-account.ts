// The folder through which a container finds and trusts the API, as the kubelet mounts it.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EngineOptions } from './engine-options.ts'

/** Lies in the pod's folder, into which only the user of this run can look. */
export function serviceAccountFolder(
  podFolder: string,
  { token, caPem }: EngineOptions['cluster'],
  namespace: string,
): string {
  const folder = join(podFolder, 'account')
  mkdirSync(folder, { recursive: true })
  // The container may run as another user than the owner of this file; the pod's folder above has mode 0700.
  for (const [name, content] of Object.entries({ token, 'ca.crt': caPem, namespace }))
    writeFileSync(join(folder, name), content)
  return folder
}
