// Whether anything lies below a key.

import { explain } from './explain.ts'
import type { S3Io } from './fetch-range.ts'
import { directoryPrefix } from './keys.ts'

export async function isDirectory(
  { client, retry }: S3Io,
  key: string,
  signal: AbortSignal,
): Promise<boolean> {
  const query = { prefix: directoryPrefix(key), limit: 1 }
  const page = await explain(`failed to test if ${key} is a directory`, () =>
    retry.run(signal, async () => client.list(query, signal)),
  )
  return page.objects.length > 0
}
