// The parts of a Kubernetes pod spec that workflows and templates pass on.
// Fields stand in the order in which Kubernetes declares them; the notation is explained in notation.ts.

import type { StructTable } from './notation.ts'

export const kubePod = {
  PodSecurityContext: {
    seLinuxOptions: '*SELinuxOptions',
    windowsOptions: '*WindowsSecurityContextOptions',
    runAsUser: '*int64',
    runAsGroup: '*int64',
    runAsNonRoot: '*bool',
    supplementalGroups: '[]int64',
    supplementalGroupsPolicy: '*string',
    fsGroup: '*int64',
    sysctls: '[]Sysctl',
    fsGroupChangePolicy: '*string',
    seccompProfile: '*SeccompProfile',
    appArmorProfile: '*AppArmorProfile',
    seLinuxChangePolicy: '*string',
  },
  Sysctl: {
    name: '!string',
    value: '!string',
  },
  Affinity: {
    nodeAffinity: '*NodeAffinity',
    podAffinity: '*PodAffinity',
    podAntiAffinity: '*PodAntiAffinity',
  },
  NodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: '*NodeSelector',
    preferredDuringSchedulingIgnoredDuringExecution: '[]PreferredSchedulingTerm',
  },
  NodeSelector: {
    nodeSelectorTerms: '![]NodeSelectorTerm',
  },
  NodeSelectorTerm: {
    matchExpressions: '[]NodeSelectorRequirement',
    matchFields: '[]NodeSelectorRequirement',
  },
  NodeSelectorRequirement: {
    key: '!string',
    operator: '!string',
    values: '[]string',
  },
  PreferredSchedulingTerm: {
    weight: '!int32',
    preference: 'NodeSelectorTerm',
  },
  PodAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: '[]PodAffinityTerm',
    preferredDuringSchedulingIgnoredDuringExecution: '[]WeightedPodAffinityTerm',
  },
  PodAffinityTerm: {
    labelSelector: '*LabelSelector',
    namespaces: '[]string',
    topologyKey: '!string',
    namespaceSelector: '*LabelSelector',
    matchLabelKeys: '[]string',
    mismatchLabelKeys: '[]string',
  },
  WeightedPodAffinityTerm: {
    weight: '!int32',
    podAffinityTerm: 'PodAffinityTerm',
  },
  PodAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: '[]PodAffinityTerm',
    preferredDuringSchedulingIgnoredDuringExecution: '[]WeightedPodAffinityTerm',
  },
  Toleration: {
    key: 'string',
    operator: 'string',
    value: 'string',
    effect: 'string',
    tolerationSeconds: '*int64',
  },
  PodDNSConfig: {
    nameservers: '[]string',
    searches: '[]string',
    options: '[]PodDNSConfigOption',
  },
  PodDNSConfigOption: {
    name: 'string',
    value: '*string',
  },
  HostAlias: {
    ip: '!string',
    hostnames: '[]string',
  },
} as const satisfies StructTable
