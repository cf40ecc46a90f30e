// Where wait finds what main has left at a path of its own file system.

import { hasLocationOrKey } from '../../artifacts/location.ts'
import { openInRoot, type OpenedPath } from '../../src/archive/open-in-root.ts'
import { ArgoError } from '../../src/errors/argo-error.ts'
import type { Layout } from '../../src/pod/layout.ts'
import { isBaseLayer } from '../../src/pod/main-paths.ts'
import type { Template } from '../../src/spec/types.ts'

export interface OutputPlaces {
  readonly varRunArgo: string
  /** Root of the mirror of main's volumes. */
  readonly mainFilesystem: string
  /** Folder of our own for what has to be staged. */
  readonly staging: string
  /** Whether main itself has to hand the path over; otherwise it is in the mirror. */
  isBaseLayer(path: string): boolean
}

/**
 * Opens what main has left in the shared volume; undefined when it is not there. The volume is open to main's user: a
 * link in it must not make wait upload its own files.
 */
export function openShared(varRunArgo: string, path: string): OpenedPath | undefined {
  const opened = openInRoot(varRunArgo, path.slice(varRunArgo.length))
  if (opened === undefined || opened.isFile) return opened
  opened[Symbol.dispose]()
  throw new ArgoError(`open ${path}: it is no regular file`, { code: 'ERR_INVALID_INPUT' })
}

export function outputPlaces(template: Template, layout: Layout): OutputPlaces {
  const inputs = template.inputs?.artifacts ?? []
  const isSupplied = (name: string): boolean =>
    inputs.some((input) => input.name === name && hasLocationOrKey(input))
  return {
    varRunArgo: layout.varRunArgo,
    mainFilesystem: layout.mainFilesystem,
    staging: layout.waitOutputs,
    isBaseLayer: (path) => isBaseLayer(template, path, isSupplied),
  }
}
