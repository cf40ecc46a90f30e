// The mailbox of this container: a folder that every container of the pod may write to, under whatever user it runs.

import { chmodSync, mkdirSync } from 'node:fs'
import { ArgoError, errorMessage } from '../../src/errors/argo-error.ts'

/** Makes `folder` with mode 0777, whatever the umask is, which belongs to the command. */
export function makeMailbox(container: string, folder: string): void {
  if (container.includes('/') || container === '..' || container === '.') {
    throw new ArgoError(
      `failed to create ctr directory: ${JSON.stringify(container)} is no name of a container`,
      {
        code: 'ERR_INVALID_INPUT',
      },
    )
  }
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    throw new ArgoError(`failed to create ctr directory: ${errorMessage(error)}`, {
      code: 'ERR_PROCESS',
      cause: error,
    })
  }
  try {
    chmodSync(folder, 0o777)
  } catch {
    // Made by another container under another user, with the same mode.
  }
}
