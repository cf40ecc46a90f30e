// Where a pod may run and what it sees of its surroundings: fields that are passed on from template and workflow.

import type { PodInput } from './pod-input.ts'
import type { PodSpec } from './pod-types.ts'

type Passed = Pick<
  PodSpec,
  | 'dnsPolicy'
  | 'nodeSelector'
  | 'hostNetwork'
  | 'securityContext'
  | 'imagePullSecrets'
  | 'affinity'
  | 'schedulerName'
  | 'tolerations'
  | 'hostAliases'
  | 'priorityClassName'
  | 'dnsConfig'
>

/** Precedence of spec executor 1.4: for placement template, boundary, workflow; otherwise template, workflow. */
export function schedulingFields({ template, boundaryTemplate, workflow: { spec } }: PodInput): Passed {
  return present({
    dnsPolicy: spec.dnsPolicy,
    nodeSelector: firstFilled(template.nodeSelector, boundaryTemplate?.nodeSelector, spec.nodeSelector),
    hostNetwork: spec.hostNetwork,
    securityContext: template.securityContext ?? spec.securityContext,
    imagePullSecrets: spec.imagePullSecrets,
    affinity: template.affinity ?? boundaryTemplate?.affinity ?? spec.affinity,
    schedulerName: template.schedulerName || spec.schedulerName,
    tolerations: firstFilled(template.tolerations, boundaryTemplate?.tolerations, spec.tolerations),
    hostAliases: [...(spec.hostAliases ?? []), ...(template.hostAliases ?? [])],
    priorityClassName: template.priorityClassName || spec.podPriorityClassName,
    dnsConfig: spec.dnsConfig,
  })
}

function firstFilled<T extends object>(...candidates: readonly (T | undefined)[]): T | undefined {
  return candidates.find((candidate) => candidate !== undefined && Object.keys(candidate).length > 0)
}

/** Leaves out what Kubernetes' own encoder leaves out: nothing, false, empty texts and empty lists. */
function present(fields: { readonly [K in keyof Passed]?: Passed[K] | undefined }): Passed {
  const kept = Object.entries(fields).filter(
    ([, value]) =>
      value !== undefined && value !== '' && value !== false && !(Array.isArray(value) && value.length === 0),
  )
  return Object.fromEntries(kept) as Passed
}
