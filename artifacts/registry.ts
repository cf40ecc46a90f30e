// Which driver serves an artifact: the only place that names the drivers. Each is loaded when it is first needed.

import { ArgoError } from '../src/errors/argo-error.ts'
import type { Artifact } from '../src/spec/types.ts'
import type { ArtifactDriver, DriverContext, DriverName } from './driver.ts'
import { driverNameOf } from './location.ts'

export interface DriverSource {
  /** The driver of the artifact's (complete) location; one per place and credentials, shared by all its artifacts. */
  driverFor(artifact: Artifact): Promise<ArtifactDriver>
  /** Loads the code of drivers ahead of their first use: wait has the time while main runs. */
  preload(names: readonly DriverName[]): Promise<void>
  close(): Promise<void>
}

/** What a driver's folder exports. */
export interface DriverModule {
  /** Equal texts mean that two artifacts may share one driver. Names secrets, never holds their values. */
  readonly connectionOf: (artifact: Artifact) => string
  readonly create: (artifact: Artifact, context: DriverContext) => Promise<ArtifactDriver>
}

const drivers = {
  s3: async () => (await import('./s3/s3.ts')).s3Module,
  http: async () => (await import('./http/http.ts')).httpModule,
  raw: async () => (await import('./raw/raw.ts')).rawModule,
} as const satisfies Record<DriverName, () => Promise<DriverModule>>

export function createDrivers(context: DriverContext): DriverSource {
  const open = new Map<string, Promise<ArtifactDriver>>()

  const driverFor = async (artifact: Artifact): Promise<ArtifactDriver> => {
    const name = driverNameOf(artifact)
    if (name === undefined) {
      throw new ArgoError(`Unsupported artifact driver for ${artifact.name}`, { code: 'ERR_BAD_REQUEST' })
    }
    const module: DriverModule = await drivers[name]()
    const id = `${name} ${module.connectionOf(artifact)}`
    const known = open.get(id)
    if (known !== undefined) return known
    const made = module.create(artifact, context)
    open.set(id, made)
    // A secret that was not there yet may be there at the next try.
    void made.catch(() => open.delete(id))
    return made
  }

  const close = async (): Promise<void> => {
    const all = await Promise.allSettled(open.values())
    open.clear()
    for (const one of all) if (one.status === 'fulfilled') await one.value.close()
  }

  return {
    driverFor,
    preload: async (names) => void (await Promise.all(names.map((name) => drivers[name]()))),
    close,
  }
}
