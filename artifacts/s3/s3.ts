// The S3 driver as the registry sees it: which artifacts may share a connection, and how one is made.

import type { Artifact } from '../../src/spec/types.ts'
import type { ArtifactDriver, DriverContext } from '../driver.ts'
import { storeRetry } from '../transient.ts'
import { connectS3 } from './connect.ts'
import { createS3Driver } from './driver.ts'

export const s3Module = { connectionOf, create }

function connectionOf(artifact: Artifact): string {
  const { key: _key, ...place } = artifact.s3 ?? {}
  return JSON.stringify(Object.entries(place).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

async function create(artifact: Artifact, context: DriverContext): Promise<ArtifactDriver> {
  const place = artifact.s3 ?? {}
  const retry = await storeRetry(context.env, context.log)
  const { client, close } = await connectS3(place, context)
  return createS3Driver({ client, close, retry, place, log: context.log, env: context.env })
}
