// Uploads in parts, before they become an object: a folder per upload, a file per part.

import { randomBytes } from 'node:crypto'
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Problem } from './problem.ts'
import type { Received } from './receive-body.ts'

export interface PartReference {
  readonly number: number
  readonly etag: string
}

export interface MultipartFiles {
  begin(bucket: string, key: string): string
  /** Returns the part's ETag. A part that comes again replaces the earlier one. */
  put(id: string, bucket: string, key: string, number: number, part: Received): string
  /** Path of the whole as a temporary file; the caller takes it over. */
  join(id: string, bucket: string, key: string, parts: readonly PartReference[]): Promise<string>
  drop(id: string, bucket: string, key: string): void
}

/** `folder` is the one for temporary files. */
export function openMultipartFiles(folder: string): MultipartFiles {
  const open = (id: string, bucket: string, key: string): string => {
    const path = join(folder, `upload-${id}`)
    const owner = JSON.stringify([bucket, key])
    if (
      !/^[0-9a-f]{32}$/.test(id) ||
      !existsSync(join(path, 'owner')) ||
      readFileSync(join(path, 'owner'), 'utf8') !== owner
    ) {
      throw new Problem(404, 'NoSuchUpload', 'The specified upload does not exist.')
    }
    return path
  }
  return {
    begin: (bucket, key) => {
      const id = randomBytes(16).toString('hex')
      const path = join(folder, `upload-${id}`)
      mkdirSync(path, { mode: 0o700 })
      writeFileSync(join(path, 'owner'), JSON.stringify([bucket, key]), { mode: 0o600 })
      return id
    },
    put: (id, bucket, key, number, part) => {
      const path = open(id, bucket, key)
      const earlier = readdirSync(path).filter((name) => name.startsWith(`${number}-`))
      renameSync(part.path, join(path, `${number}-${part.sha256}`))
      for (const name of earlier)
        if (name !== `${number}-${part.sha256}`) rmSync(join(path, name), { force: true })
      return part.sha256
    },
    join: async (id, bucket, key, parts) => {
      const path = open(id, bucket, key)
      const names = parts.map(({ number, etag }) => join(path, `${number}-${etag}`))
      const rising = parts.every(
        ({ number }, index) => index === 0 || number > (parts[index - 1]?.number ?? 0),
      )
      if (!rising) throw new Problem(400, 'InvalidPartOrder', 'The list of parts was not in ascending order.')
      if (names.length === 0 || !names.every((name) => existsSync(name))) {
        throw new Problem(400, 'InvalidPart', 'One or more of the specified parts could not be found.')
      }
      const whole = join(folder, randomBytes(12).toString('hex'))
      try {
        // The parts stay until the whole is there: the same call may come again.
        for (const name of names)
          await pipeline(createReadStream(name), createWriteStream(whole, { flags: 'a', mode: 0o600 }))
      } catch (error) {
        rmSync(whole, { force: true })
        throw error
      }
      return whole
    },
    drop: (id, bucket, key) => rmSync(open(id, bucket, key), { recursive: true, force: true }),
  }
}
