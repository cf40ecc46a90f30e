// A directory as one object per file below a key.

import { mapLimit } from '../../src/util/limit.ts'
import { walkFiles } from '../transfer/walk-files.ts'
import { joinKey } from './keys.ts'
import { uploadFile, type UploadIo } from './upload-file.ts'

/** Small files cost a round trip each, so many go at once; their memory is bounded by the pool. */
const filesAtOnce = 16

/**
 * Folders without entries become an empty object whose key ends with "/".
 * deviates: Argo loses them; its own load ignores such keys, so both sides stay compatible.
 */
export async function saveDirectory(
  io: UploadIo,
  key: string,
  path: string,
  contentType: (path: string) => string,
  signal: AbortSignal,
): Promise<void> {
  const files = walkFiles(path, (skipped, why) => io.log.warn('left out of the directory', { path: skipped, why }))
  await mapLimit(files, { limit: filesAtOnce, signal }, async (file, own) => {
    const target = joinKey(key, file.name)
    if (!target.endsWith('/')) return uploadFile(io, target, file.path, { signal: own, contentType: contentType(file.name) })
    const options = { signal: own, contentType: 'application/x-directory' }
    return io.retry.run(own, async () => io.client.put(target, new Uint8Array(), options))
  })
}
