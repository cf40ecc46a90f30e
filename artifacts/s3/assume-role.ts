// Temporary credentials of a role, from the token service of AWS: one signed form over the connection we have.

import { randomBytes } from 'node:crypto'
import { ArgoError } from '../../src/errors/argo-error.ts'
import type { Environment } from '../../src/util/environment.ts'
import type { Http } from '../../src/util/http.ts'
import { readBody } from '../../src/util/http/read-body.ts'
import { authorizationV4, sha256Hex, timestampV4, type SigningCredentials } from '../../src/util/sigv4.ts'
import { isTransientStoreFailure } from '../transient.ts'
import { parseXml, textOf, type XmlElement } from '../../src/util/xml.ts'

export interface TemporaryCredentials {
  readonly credentials: SigningCredentials
  readonly expiresAtMs: number
}

export interface AssumeRoleOptions {
  readonly roleARN: string
  readonly region: string
  /** Of whoever assumes the role. */
  readonly credentials: SigningCredentials
  readonly http: Http
  /** AWS_ENDPOINT_URL_STS names another service, as for the SDKs. */
  readonly env: Environment
  readonly signal: AbortSignal
}

/** Rejects with ERR_FORBIDDEN when the role may not be assumed, ERR_UNAVAILABLE (retryable) when nobody answers. */
export async function assumeRole(options: AssumeRoleOptions): Promise<TemporaryCredentials> {
  const { roleARN, region, credentials, http, env, signal } = options
  const url = new URL(env['AWS_ENDPOINT_URL_STS'] || `https://sts.${region}.amazonaws.com`)
  const form = new URLSearchParams({
    Action: 'AssumeRole',
    Version: '2011-06-15',
    RoleArn: roleARN,
    RoleSessionName: `argo-${randomBytes(8).toString('hex')}`,
  }).toString()
  const timestamp = timestampV4(new Date())
  const headers: Record<string, string> = {
    host: url.host,
    'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
    'x-amz-date': timestamp,
    ...(credentials.sessionToken ? { 'x-amz-security-token': credentials.sessionToken } : {}),
  }
  const parts = { method: 'POST', path: '/', query: [], headers, payloadHash: sha256Hex(form) }
  const authorization = authorizationV4(parts, credentials, { timestamp, region, service: 'sts' })
  const response = await http.request({
    method: 'POST',
    url: url.origin,
    path: '/',
    headers: { ...headers, authorization },
    body: form,
    signal,
    stallMs: 30_000,
  })
  const answer = parseXml((await readBody(response.body, 256 * 1024)).toString('utf8'))
  if (response.status !== 200) throw refused(roleARN, response.status, answer)
  return credentialsIn(answer, roleARN)
}

function credentialsIn(answer: XmlElement, roleARN: string): TemporaryCredentials {
  const inside = answer.children
    .find((child) => child.name === 'AssumeRoleResult')
    ?.children.find((child) => child.name === 'Credentials')
  const read = (name: string): string => (inside === undefined ? '' : (textOf(inside, name)?.trim() ?? ''))
  const credentials = {
    accessKey: read('AccessKeyId'),
    secretKey: read('SecretAccessKey'),
    sessionToken: read('SessionToken'),
  }
  const expiresAtMs = Date.parse(read('Expiration'))
  if (credentials.accessKey === '' || credentials.secretKey === '' || Number.isNaN(expiresAtMs)) {
    throw new ArgoError(`assume the role ${roleARN}: the answer holds no credentials`, {
      code: 'ERR_UNAVAILABLE',
      retryable: true,
    })
  }
  return { credentials, expiresAtMs }
}

function refused(roleARN: string, status: number, answer: XmlElement): ArgoError {
  const error = answer.children.find((child) => child.name === 'Error')
  const [code, message] = [error && textOf(error, 'Code'), error && textOf(error, 'Message')]
  const retryable = isTransientStoreFailure({ code: code ?? '', statusCode: status })
  return new ArgoError(
    `assume the role ${roleARN}: ${(message ?? 'refused').slice(0, 500)} (${code ?? 'no code'}, status ${status})`,
    {
      code: retryable ? 'ERR_UNAVAILABLE' : 'ERR_FORBIDDEN',
      retryable,
    },
  )
}
