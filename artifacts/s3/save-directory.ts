// A directory as one object per file below a key.

import { closeSync, constants, openSync } from 'node:fs'
import { mapLimit } from '../../src/util/limit.ts'
import { openBelow, walkFiles } from '../transfer/walk-files.ts'
import { joinKey } from './keys.ts'
import { uploadDescriptor, type UploadIo } from './upload-file.ts'

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
  const root = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    const names = walkFiles(root, (name, why) => io.log.warn('left out of the directory', { name, why }))
    await mapLimit(names, { limit: filesAtOnce, signal }, async (name, own) => {
      const target = joinKey(key, name)
      if (target.endsWith('/')) {
        const options = { signal: own, contentType: 'application/x-directory' }
        await io.retry.run(own, async () => io.client.put(target, new Uint8Array(), options))
        return
      }
      const descriptor = openBelow(root, name)
      try {
        await uploadDescriptor(
          io,
          target,
          { descriptor, name },
          { signal: own, contentType: contentType(name) },
        )
      } finally {
        closeSync(descriptor)
      }
    })
  } finally {
    closeSync(root)
  }
}
