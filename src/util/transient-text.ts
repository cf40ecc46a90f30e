// Which network failures are worth another try, by text and by system code: shared by the classifier of the API and
// the classifier of stores, so that both give the same answer (spec executor 4.9).

/** Texts that Argo takes for transient wherever they stand in a message. */
const transientTexts = [
  'unexpected error when reading response body',
  'stream error when reading response body',
  'Connection closed by foreign host',
  'net/http: TLS handshake timeout',
  'i/o timeout',
  'connection timed out',
  'connection reset by peer',
  'http2: client connection lost',
  'http2: server sent GOAWAY and closed the connection',
  'request did not complete within requested timeout',
  'connect: connection refused',
  'invalid connection',
  'etcdserver: leader changed',
  'etcdserver: request timed out',
  'etcdserver: too many requests',
  'client rate limiter Wait returned an error',
  'upper: no more rows in',
]

/**
 * What the system and the runtime call a broken or refused connection. Certificates and malformed requests are not
 * here: they fail again.
 */
const transientCodes = new Set([
  'EAI_AGAIN',
  'EAI_FAIL',
  'EAI_NODATA',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETRESET',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'EPROTO',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC',
  'HPE_INVALID_EOF_STATE',
])

export function isTransientText(message: string): boolean {
  return transientTexts.some((text) => message.includes(text))
}

/** Looks at the code of the error and of its causes: a failed connection is often wrapped. */
export function isTransientNetworkError(error: unknown): boolean {
  for (let at = error, depth = 0; typeof at === 'object' && at !== null && depth < 8; depth++) {
    if ('code' in at && typeof at.code === 'string' && transientCodes.has(at.code)) return true
    if (at instanceof AggregateError) return at.errors.some((one) => isTransientNetworkError(one))
    at = 'cause' in at ? at.cause : undefined
  }
  return false
}
