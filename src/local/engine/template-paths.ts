// The paths at which a pod's main container leaves its outputs, from the template that its init container is given.

import { env } from '../../pod/names.ts'
import type { Template } from '../../spec/types.ts'
import type { Pod } from './pod.ts'

export function outputPaths(pod: Pod): readonly string[] {
  const text = pod.spec.initContainers
    ?.flatMap((container) => container.env ?? [])
    .find(({ name }) => name === env.template)?.value
  if (text === undefined) return []
  try {
    const { outputs } = JSON.parse(text) as Template
    const paths = [
      ...(outputs?.parameters ?? []).map(({ valueFrom }) => valueFrom?.path),
      ...(outputs?.artifacts ?? []).map(({ path }) => path),
    ]
    return paths.flatMap((path) => (path === undefined || path === '' ? [] : [path.replace(/\/+$/, '')]))
  } catch {
    return [] // too long for a variable: then it lies in a ConfigMap, and the outputs stay where the step made them
  }
}
