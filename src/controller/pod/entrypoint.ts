// The command of an image that the template does not give: main runs it as a child, so it must be known beforehand.

import { ArgoError } from '../../errors/argo-error.ts'
import type { ControllerConfig } from '../../spec/types.ts'

export interface ImageCommand {
  readonly command: readonly string[]
  readonly args?: readonly string[]
}

const help = 'https://argo-workflows.readthedocs.io/en/latest/workflow-executors/#emissary-emissary'

/**
 * Entrypoint and arguments of `image` from the `images` of the configuration (spec executor 1.9).
 * deviates: registries are not asked; an image that is not listed is an error with Argo's text.
 */
export function lookUpCommand(image: string, images: ControllerConfig['images']): ImageCommand {
  const known = images !== undefined && Object.hasOwn(images, image) ? images[image] : undefined
  const { entrypoint = [], cmd } = known ?? {}
  if (entrypoint.length === 0 && (cmd ?? []).length === 0) {
    const cause =
      image === ''
        ? 'could not parse reference: '
        : `the key images of the controller's configuration does not list it, and registries are not asked`
    throw new ArgoError(
      `failed to look-up entrypoint/cmd for image "${image}", you must either explicitly specify the command, ` +
        `or list the image's command in the index: ${help}: ${cause}`,
      { code: 'ERR_BAD_REQUEST', data: { image } },
    )
  }
  return cmd === undefined ? { command: entrypoint } : { command: entrypoint, args: cmd }
}
