// The body of a container or script template: tags, image, mount paths, deadline.

import { childPath } from '../problem.ts'
import { isDynamic } from './placeholders.ts'
import { unresolvedTags, type Scope } from './tags.ts'
import type { Context, IndexedTemplate, Prefix } from './context.ts'
import type { Template } from '../types.ts'

export function checkLeaf(
  context: Context,
  { template, path }: IndexedTemplate,
  scope: Scope,
  prefix: Prefix,
): void {
  const { report } = context
  const named = `${prefix}templates.${template.name ?? ''}`
  for (const unresolved of unresolvedTags(template, path, scope)) {
    report.add(
      unresolved.path,
      unresolvedMessage(unresolved),
      `${named}: failed to resolve {{${unresolved.tag}}}`,
    )
  }
  checkMountPaths(context, { template, path }, named)
  for (const type of ['container', 'script'] as const) {
    // The feature was refused already: the image may come from there.
    if ('templateDefaults' in context.workflow.spec) continue
    if (template[type] !== undefined && !template[type].image) {
      report.add(`${path}.${type}`, 'image may not be empty', `${named}.${type}.image may not be empty`)
    }
  }
  if (!isDeadline(template.activeDeadlineSeconds)) {
    const message = 'must be a positive integer > 0 or an argo variable'
    report.add(`${path}.activeDeadlineSeconds`, message, `${named}.activeDeadlineSeconds ${message}`)
  }
}

/** `failed to resolve {{a}}`, with the name that was probably meant. */
export function unresolvedMessage({ tag, near }: { readonly tag: string; readonly near?: string }): string {
  return `failed to resolve {{${tag}}}${near === undefined ? '' : `, did you mean {{${near}}}?`}`
}

/** parity: only of containers, not of scripts. */
function checkMountPaths(context: Context, { template, path }: IndexedTemplate, named: string): void {
  if (template.container === undefined) return
  const taken = new Map<string, string>()
  for (const [index, mount] of (template.container.volumeMounts ?? []).entries()) {
    const owner = taken.get(mount.mountPath)
    if (owner !== undefined) {
      const message = `mountPath '${mount.mountPath}' already mounted in ${owner}`
      const at = childPath(`${path}.container.volumeMounts`, index)
      context.report.add(at, message, `${named}.container.volumeMounts[${index}].${message}`)
    }
    taken.set(mount.mountPath, `container.volumeMounts.${mount.name}`)
  }
  for (const [index, artifact] of (template.inputs?.artifacts ?? []).entries()) {
    const artifactPath = artifact.path ?? ''
    const owner = taken.get(artifactPath)
    if (owner !== undefined) {
      const message = `path '${artifactPath}' already mounted in ${owner}`
      const at = childPath(`${path}.inputs.artifacts`, index)
      context.report.add(at, message, `${named}.inputs.artifacts[${index}].${message}`)
    }
    taken.set(artifactPath, `inputs.artifacts.${artifact.name}`)
  }
}

function isDeadline(value: Template['activeDeadlineSeconds']): boolean {
  if (value === undefined) return true
  if (typeof value === 'string' && isDynamic(value)) return true
  return typeof value === 'number' ? value > 0 : /^\+?\d+$/.test(value) && Number(value) > 0
}
