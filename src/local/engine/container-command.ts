// What a container runs on a laptop: one of our own roles where Kubernetes would start the executor's program, else a
// command that has to be there.

import { accessSync, constants, lstatSync } from 'node:fs'
import { basename, join } from 'node:path'
import { ArgoError } from '../../errors/argo-error.ts'
import { executorBinary } from '../../pod/paths.ts'
import type { ImageConfig } from '../../spec/types.ts'
import type { BoxSpec } from '../box/box-spec.ts'
import { defaultPath } from './container-env.ts'
import { expand } from './expand.ts'
import type { PodContainer } from './pod.ts'

export interface CommandContext {
  readonly executorImage: string
  readonly env: Readonly<Record<string, string>>
}

export function containerCommand(
  container: PodContainer,
  { executorImage, env }: CommandContext,
): BoxSpec['run'] {
  const words = [...(container.command ?? []), ...(container.args ?? [])].map((word) => expand(word, env))
  const [program = '', ...rest] = words
  const isRole =
    program === executorBinary || (container.image === executorImage && basename(program) === 'argoexec')
  return isRole ? { type: 'role', words: rest } : { type: 'command', words }
}

/** The user's command of a container, without the wrapper; undefined for the executor's own containers. */
export function userCommand(run: BoxSpec['run']): string | undefined {
  if (run.type === 'command') return run.words[0]
  const [role, ...rest] = run.words
  return role === 'emissary' || role === 'main' ? rest[rest.indexOf('--') + 1] : undefined
}

export interface Presence {
  readonly container: PodContainer
  readonly env: Readonly<Record<string, string>>
  readonly image: ImageConfig | undefined
  /** Paths that volumes cover: what lies there is not known before the pod runs. */
  readonly mountPaths: readonly string[]
  /** Whether containers without a folder of their own see a path of the laptop. */
  readonly isShown: (path: string) => boolean
}

/**
 * Throws ERR_NOT_FOUND when the laptop (or the folder given for the image) lacks the command: found before anything of
 * the pod runs, so that the message can name the image and not only a missing file.
 */
export function checkPresence(
  command: string | undefined,
  { container, env, image, mountPaths, isShown }: Presence,
): void {
  if (command === undefined || command === '') return
  const root = image?.root ?? ''
  const has = (path: string): boolean => (root !== '' || isShown(path)) && exists(root, path)
  const isThere = command.includes('/')
    ? !command.startsWith('/') || mountPaths.some((path) => command.startsWith(`${path}/`)) || has(command)
    : (env['PATH'] ?? defaultPath)
        .split(':')
        .some((folder) => folder.startsWith('/') && has(join(folder, command)))
  if (isThere) return
  const name = container.image ?? ''
  const where = root === '' ? 'on this laptop' : `in ${root}`
  throw new ArgoError(
    `container ${container.name}: the command ${JSON.stringify(command)} of the image ${JSON.stringify(name)} is not ${where}; ` +
      `install it, or give the image a folder: images: {${JSON.stringify(name)}: {root: DIR}} in a file for --config`,
    { code: 'ERR_NOT_FOUND' },
  )
}

/** A link inside an image's folder points into that folder, not into the laptop: then the name alone is enough. */
function exists(root: string, path: string): boolean {
  try {
    accessSync(root + path, constants.F_OK)
    return true
  } catch {
    return root !== '' && isLink(root + path)
  }
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink()
  } catch {
    return false
  }
}
