// The HTTP driver as the registry sees it: which artifacts may share connections, and how they identify themselves.

import type { Artifact, KeySelector } from '../../src/spec/types.ts'
import { createHttp } from '../../src/util/http.ts'
import type { ArtifactDriver, DriverContext } from '../driver.ts'
import { storeRetry } from '../transient.ts'
import { createHttpDriver } from './driver.ts'
import { followRedirects } from './follow-redirects.ts'
import { identify } from './identify.ts'

export const httpModule = { connectionOf, create }

function connectionOf(artifact: Artifact): string {
  return JSON.stringify(artifact.http?.auth ?? {})
}

async function create(artifact: Artifact, context: DriverContext): Promise<ArtifactDriver> {
  const auth = artifact.http?.auth ?? {}
  const read = async (selector: KeySelector | undefined): Promise<string | undefined> =>
    selector?.name === undefined ? undefined : context.readSecret(selector.name, selector.key)
  const [cert, key] = [
    await read(auth.clientCert?.clientCertSecret),
    await read(auth.clientCert?.clientKeySecret),
  ]
  const http = createHttp({
    env: context.env,
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
  })
  return createHttpDriver({
    send: followRedirects(http),
    close: async () => http.close(),
    identity: await identify(auth, { read, http }),
    retry: await storeRetry(context.env, context.log),
  })
}
