// `outputs.result`: the end of what main printed.

import { readSync } from 'node:fs'
import { join } from 'node:path'
import { ArgoError } from '../../src/errors/argo-error.ts'
import type { Logger } from '../../src/log/logger.ts'
import { containerDir, mailbox } from '../../src/pod/paths.ts'
import { openShared } from './output-places.ts'

const longestBytes = 256 * 1024

/** One newline at the end is taken off, then the last 256 KiB are kept; nothing else of the file is read. */
export function captureResult(varRunArgo: string, log: Logger): string {
  const path = join(containerDir('main', varRunArgo), mailbox.stdout)
  using opened = openShared(varRunArgo, path)
  if (opened === undefined)
    throw new ArgoError(`open ${path}: no such file or directory`, { code: 'ERR_NOT_FOUND' })
  const { descriptor, sizeBytes: size } = opened
  const start = Math.max(0, size - longestBytes - 1)
  let bytes = Buffer.alloc(size - start)
  bytes = bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, start))
  if (bytes.at(-1) === 0x0a) bytes = bytes.subarray(0, -1)
  if (start === 0 && bytes.length <= longestBytes) return bytes.toString('utf8')
  log.warn('the output is longer than 256 KiB: only the last 256 kB were saved', { sizeBytes: size })
  return withoutCutCharacter(bytes.subarray(-longestBytes)).toString('utf8')
}

// deviates: Argo reports the rest of a split character, which is no text.
/** A character that the cut has split is left out as a whole. */
function withoutCutCharacter(bytes: Buffer): Buffer {
  let start = 0
  while (start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start++
  return bytes.subarray(start)
}
