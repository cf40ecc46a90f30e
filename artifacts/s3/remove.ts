// Deletes an object, or everything below a key that ends with "/".

import { ArgoError } from '../../src/errors/argo-error.ts'
import { mapLimit } from '../../src/util/limit.ts'
import { explain } from './explain.ts'
import type { S3Io } from './fetch-range.ts'
import { directoryPrefix } from './keys.ts'
import { listAll } from './list-all.ts'

const batch = 1000
const atOnce = 16

/** What is not there is success. Rejects with ERR_UNAVAILABLE when some objects could not be deleted. */
export async function remove(io: S3Io, key: string, signal: AbortSignal): Promise<void> {
  const { client, retry } = io
  const one = (name: string, own: AbortSignal): Promise<void> =>
    retry.run(own, async () => client.remove(name, own))
  await explain(`failed to delete ${key}`, async () => {
    if (!key.endsWith('/')) {
      await one(key, signal)
      return
    }
    const keys = (await listAll(io, directoryPrefix(key), signal)).map((object) => object.key)
    for (let at = 0; at < keys.length; at += batch) {
      const names = keys.slice(at, at + batch)
      if (!(await removeBatch(io, names, signal))) await mapLimit(names, { limit: atOnce, signal }, one)
    }
  })
}

/** False when the store has no such call. */
async function removeBatch(
  { client, retry }: S3Io,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const failed = await retry.run(signal, async () => client.removeMany(keys, signal))
    const [first] = failed
    if (first === undefined) return true
    throw new ArgoError(
      `${failed.length} of ${keys.length} objects stay, the first is ${first.key}: ${first.reason}`,
      {
        code: 'ERR_UNAVAILABLE',
      },
    )
  } catch (error) {
    if (error instanceof ArgoError && lacking.has(String(error.data['s3Code']))) return false
    throw error
  }
}

const lacking = new Set(['NotImplemented', 'MethodNotAllowed', 'Status405', 'Status501'])
