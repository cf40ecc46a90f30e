// Puts before a failure what was being done; code, facts and cause stay.

import { ArgoError } from '../../src/errors/argo-error.ts'

export async function explain<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ArgoError)) throw error
    const { code, retryable, data } = error
    throw new ArgoError(`${doing}: ${error.message}`, { code, retryable, data, cause: error })
  }
}
