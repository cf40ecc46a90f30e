// Everything below a prefix, page after page.

import type { ListedObject } from './client.ts'
import type { S3Io } from './fetch-range.ts'

export async function listAll(
  { client, retry }: S3Io,
  prefix: string,
  signal: AbortSignal,
): Promise<ListedObject[]> {
  const found: ListedObject[] = []
  let next: string | undefined
  do {
    const query = { prefix, ...(next === undefined ? {} : { next }) }
    const page = await retry.run(signal, async () => client.list(query, signal))
    // A store that answers outside of the question would make us write, or delete, elsewhere.
    found.push(...page.objects.filter(({ key }) => key.startsWith(prefix)))
    next = page.next
  } while (next !== undefined)
  return found
}
