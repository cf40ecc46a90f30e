// Where wait finds what main has left at a path of its own file system.

import { hasLocationOrKey } from '../../artifacts/location.ts'
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
