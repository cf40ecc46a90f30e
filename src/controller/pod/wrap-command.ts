// Makes the user's command a child of the executor, and gives each container what all of them share.

import { volumes } from '../../pod/names.ts'
import { executorBinary, varRunArgo } from '../../pod/paths.ts'
import type { Container, VolumeMount } from '../../spec/types.ts'
import { lookUpCommand } from './entrypoint.ts'
import { logOptions } from './executor-container.ts'
import type { PodInput } from './pod-input.ts'

export const sharedMount: VolumeMount = { name: volumes.varRunArgo, mountPath: varRunArgo }

/** `argoexec emissary … -- COMMAND`, the arguments as they are (spec executor 1.9). */
export function wrapCommand(input: PodInput, container: Container): Container {
  const { command, args } = resolvedCommand(input, container)
  const wrapped = [executorBinary, 'emissary', ...logOptions(input), '--', ...command]
  return { ...container, command: wrapped, ...(args === undefined ? {} : { args }) }
}

/** The shared folder, and a `/tmp` of its own for an executor image, which has none (spec executor 1.6). */
export function withSharedMounts(input: PodInput, container: Container, index: number): Container {
  const tmp =
    container.image === input.executorImage
      ? [{ name: volumes.tmpDir, mountPath: '/tmp', subPath: String(index) }]
      : []
  return { ...container, volumeMounts: [...(container.volumeMounts ?? []), ...tmp, sharedMount] }
}

function resolvedCommand(
  { config }: PodInput,
  { command, args, image }: Container,
): Required<Pick<Container, 'command'>> & Pick<Container, 'args'> {
  if (command !== undefined && command.length > 0) return args === undefined ? { command } : { command, args }
  const known = lookUpCommand(image ?? '', config.images)
  const used = args ?? known.args
  return used === undefined ? { command: known.command } : { command: known.command, args: used }
}
