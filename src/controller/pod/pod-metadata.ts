// Name, labels, annotations and owner of a pod: how the controller finds it again and to whom it belongs.

import { annotations, containers, labels } from '../../pod/names.ts'
import type { Metadata, ObjectMeta, Template, Workflow } from '../../spec/types.ts'
import type { PodInput } from './pod-input.ts'

/** Own keys first, then the workflow's podMetadata, then the template's: the later one wins (spec executor 1.3). */
export function podMetadata(input: PodInput, containerNames: readonly string[]): ObjectMeta {
  const { workflow, template, podName } = input
  const layers: readonly (Metadata | undefined)[] = [
    ownMetadata(input, containerNames),
    workflow.spec.podMetadata,
    template.metadata,
  ]
  return {
    name: podName,
    ...namespaceOf(workflow),
    labels: sorted(Object.assign({}, ...layers.map((layer) => layer?.labels))),
    annotations: sorted(Object.assign({}, ...layers.map((layer) => layer?.annotations))),
    ownerReferences: ownedBy(workflow),
  }
}

/** The template as the executor sees it: the workflow's podMetadata fills in what it does not say itself. */
export function withPodMetadata(template: Template, { spec: { podMetadata: base } }: Workflow): Template {
  if (base === undefined) return template
  const own = template.metadata
  const given = {
    annotations: { ...base.annotations, ...own?.annotations },
    labels: { ...base.labels, ...own?.labels },
  }
  return {
    ...template,
    metadata: Object.fromEntries(Object.entries(given).filter(([, map]) => Object.keys(map).length > 0)),
  }
}

export function namespaceOf({ metadata: { namespace } }: Workflow): { readonly namespace?: string } {
  return namespace ? { namespace } : {}
}

/** The one controller reference: pods and ConfigMaps go when their workflow goes. */
export function ownedBy({ metadata }: Workflow): NonNullable<ObjectMeta['ownerReferences']> {
  return [
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Workflow',
      name: metadata.name ?? '',
      uid: metadata.uid ?? '',
      controller: true,
      blockOwnerDeletion: true,
    },
  ]
}

function ownMetadata(
  { workflow, nodeId, nodeName, onExit, config, trace }: PodInput,
  names: readonly string[],
): Metadata {
  return {
    labels: {
      [labels.workflow]: workflow.metadata.name ?? '',
      [labels.completed]: 'false',
      ...(onExit ? { [labels.onExit]: 'true' } : {}),
      ...(config.instanceID ? { [labels.instanceId]: config.instanceID } : {}),
    },
    annotations: {
      [annotations.nodeName]: nodeName,
      [annotations.nodeId]: nodeId,
      [annotations.defaultContainer]: names.includes(containers.main)
        ? containers.main
        : (names.at(-1) ?? ''),
      [annotations.traceId]: trace.traceId,
      [annotations.spanId]: trace.spanId,
    },
  }
}

function sorted(map: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
