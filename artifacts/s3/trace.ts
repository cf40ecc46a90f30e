// ARGO_TRACE=1: a line per request to the store. Never headers or queries: signatures and keys are in them.

import type { Logger } from '../../src/log/logger.ts'
import type { SendS3 } from './signed-request.ts'

export function traced(send: SendS3, log: Logger): SendS3 {
  return async (request) => {
    const started = performance.now()
    const tell = (outcome: string): void =>
      log.info('s3 request', {
        method: request.method,
        key: request.key,
        call: request.query?.map(([name]) => name).join(','),
        outcome,
        ms: Math.round(performance.now() - started),
      })
    try {
      const response = await send(request)
      tell(String(response.status))
      return response
    } catch (error) {
      tell(error instanceof Error ? error.message : 'failed')
      throw error
    }
  }
}
