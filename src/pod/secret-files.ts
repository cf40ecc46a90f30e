// Secrets of artifact stores as files: mounted by Secret name and key, for init and wait.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ArgoError, errorCode } from '../errors/argo-error.ts'

/** Reads `FOLDER/NAME/KEY`. ERR_NOT_FOUND and all other errors name Secret and key, never the value. */
export function secretReader(folder: string): (name: string, key: string) => Promise<string> {
  return async (name, key) => {
    if ([name, key].some((part) => part === '' || part === '..' || part.includes('/'))) {
      throw new ArgoError(
        `read key ${JSON.stringify(key)} of secret ${JSON.stringify(name)}: these are no names`,
        {
          code: 'ERR_BAD_REQUEST',
        },
      )
    }
    try {
      return await readFile(join(folder, name, key), 'utf8')
    } catch (error) {
      const code = errorCode(error) ?? 'unknown error'
      throw new ArgoError(`read key ${key} of secret ${name}, mounted at ${join(folder, name)}: ${code}`, {
        code: code === 'ENOENT' ? 'ERR_NOT_FOUND' : 'ERR_INTERNAL',
      })
    }
  }
}
