// A whole answer in memory, up to a bound: for short answers whose sender is not trusted to keep them short.

import type { Readable } from 'node:stream'
import { ArgoError } from '../../errors/argo-error.ts'

/** Rejects with ERR_UNAVAILABLE when the body is longer than `limitBytes`; the connection is then closed. */
export async function readBody(body: Readable, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > limitBytes) {
      body.destroy()
      throw new ArgoError(`the answer is longer than the ${limitBytes} bytes that it may have`, {
        code: 'ERR_UNAVAILABLE',
      })
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, length)
}
