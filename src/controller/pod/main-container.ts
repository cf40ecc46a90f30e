// The user's container: from the template, over the defaults of the controller's configuration.

import { containers } from '../../pod/names.ts'
import { scriptFile } from '../../pod/paths.ts'
import { podSpecType } from '../../kube/patch/merge-keys.ts'
import { strategicMergePatch } from '../../kube/patch/strategic.ts'
import type { Container, ControllerConfig, JsonObject, Template } from '../../spec/types.ts'

/** Always named main; a script runs its source as the last argument of its command (spec executor 1.2, 1.7, 1.9). */
export function mainContainer(template: Template, { mainContainer: defaults }: ControllerConfig): Container {
  const own = { ...ownContainer(template), name: containers.main }
  const merged = defaults === undefined ? own : overDefaults(defaults, own)
  return { ...merged, resources: merged.resources ?? {} }
}

/** Merged as a pod with one container would be, so that variables and mounts merge by name. */
function overDefaults(defaults: Container, own: Container): Container {
  const base = { containers: [{ ...defaults, name: containers.main }] } as JsonObject
  const merged = strategicMergePatch(base, { containers: [own] } as JsonObject, podSpecType)
  return (merged['containers'] as readonly Container[])[0] ?? own
}

function ownContainer({ container, script }: Template): Container {
  if (script === undefined) return container ?? {}
  const { source, ...rest } = script
  return source ? { ...rest, args: [...(rest.args ?? []), scriptFile] } : rest
}
