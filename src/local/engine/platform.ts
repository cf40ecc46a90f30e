// Whether this machine is of the kind that a pod asks for: the only part of scheduling that means something on a laptop.

import { arch } from 'node:os'

/** Kubernetes' names of what Node calls otherwise. */
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' }

const platform: Readonly<Record<string, string>> = {
  'kubernetes.io/os': 'linux',
  'kubernetes.io/arch': architectures[arch()] ?? arch(),
}

/**
 * Why a pod cannot run here, undefined when it can.
 *
 * deviates: labels that name machines of a cluster (pools, zones, hosts, hardware) are not looked at: the one who runs a
 * workflow here has chosen the machine. Another operating system or processor cannot be chosen.
 */
export function platformMismatch(nodeSelector: Readonly<Record<string, string>>): string | undefined {
  for (const [label, wanted] of Object.entries(nodeSelector)) {
    const found = platform[label.replace(/^beta\./, '')]
    if (found !== undefined && found !== wanted)
      return `0/1 nodes are available: this machine has ${label}=${found}, the pod selects ${wanted}`
  }
  return undefined
}
