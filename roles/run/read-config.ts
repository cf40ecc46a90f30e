// Settings from `--config FILE`: the keys of the controller's ConfigMap, as a plain map or as the ConfigMap itself.

import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseControllerConfig } from '../../src/controller/config/parse-config.ts'
import { parseYamlValue } from '../../src/controller/config/parse-yaml-value.ts'
import { ArgoError, errorMessage } from '../../src/errors/argo-error.ts'
import type { ControllerConfig, ImageConfig } from '../../src/spec/types.ts'

export interface RunConfig {
  readonly config: ControllerConfig
  readonly warnings: readonly string[]
}

/** Folders of images are meant relative to the file. Throws ERR_INVALID_INPUT. */
export function readConfig(file: string | undefined): RunConfig {
  if (file === undefined) return { config: {}, warnings: [] }
  const value = parseYamlValue(readText(file), file) ?? {}
  if (!isMap(value))
    throw new ArgoError(`read ${file}: expected a map of keys`, { code: 'ERR_INVALID_INPUT' })
  const data = value['kind'] === 'ConfigMap' && isMap(value['data']) ? value['data'] : value
  const { config, warnings } = parseControllerConfig(data, file)
  return {
    config:
      config.images === undefined ? config : { ...config, images: withRoots(config.images, dirname(file)) },
    warnings,
  }
}

function withRoots(
  images: Readonly<Record<string, ImageConfig>>,
  base: string,
): Readonly<Record<string, ImageConfig>> {
  return Object.fromEntries(
    Object.entries(images).map(([name, image]) => [
      name,
      image.root === undefined ? image : { ...image, root: resolve(base, image.root) },
    ]),
  )
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new ArgoError(`read the settings: ${errorMessage(error)}`, {
      code: 'ERR_INVALID_INPUT',
      cause: error,
    })
  }
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
