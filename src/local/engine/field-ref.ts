// Facts about a pod that its containers ask for by name (the downward API).

import { ArgoError } from '../../errors/argo-error.ts'
import type { Pod } from './pod.ts'

/** The laptop's only address: containers share its network. */
export const localAddress = '127.0.0.1'

export function fieldOf(pod: Pod, path: string, nodeName: string): string {
  const { metadata, spec } = pod
  const member = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path)
  if (member !== null) return metadata[member[1] as 'labels' | 'annotations']?.[member[2] ?? ''] ?? ''
  switch (path) {
    case 'metadata.name':
      return metadata.name ?? ''
    case 'metadata.namespace':
      return metadata.namespace ?? ''
    case 'metadata.uid':
      return metadata.uid ?? ''
    case 'metadata.labels':
      return renderMap(metadata.labels)
    case 'metadata.annotations':
      return renderMap(metadata.annotations)
    case 'spec.nodeName':
      return nodeName
    case 'spec.serviceAccountName':
      return spec.serviceAccountName ?? 'default'
    case 'status.hostIP':
    case 'status.podIP':
    case 'status.hostIPs':
    case 'status.podIPs':
      return localAddress
    default:
      throw new ArgoError(
        `read the field ${path} of pod ${metadata.name ?? ''}: there is no such field for containers`,
        {
          code: 'ERR_INVALID_INPUT',
        },
      )
  }
}

/** As the kubelet writes it into files: one `name="value"` a line, sorted. */
function renderMap(map: Readonly<Record<string, string>> = {}): string {
  return Object.keys(map)
    .sort()
    .map((key) => `${key}=${JSON.stringify(map[key] ?? '')}`)
    .join('\n')
}
