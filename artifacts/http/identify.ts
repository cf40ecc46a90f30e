// Who asks: the Authorization header for an artifact's requests (spec executor 6.5).

import { ArgoError } from '../../src/errors/argo-error.ts'
import type { HttpArtifact, Json, KeySelector } from '../../src/spec/types.ts'
import type { Http } from '../../src/util/http.ts'
import { readBody } from '../../src/util/http/read-body.ts'
import { isTransientStoreFailure } from '../transient.ts'

type Auth = NonNullable<HttpArtifact['auth']>

/** The Authorization header for the next request; none when the artifact has no such secret. */
export type Identity = (signal: AbortSignal) => Promise<string | undefined>

export interface IdentifyContext {
  readonly read: (selector: KeySelector | undefined) => Promise<string | undefined>
  readonly http: Http
}

/** Basic where user and password are both non-empty, else a token by client credentials; a client certificate excludes the latter. */
export async function identify(auth: Auth, { read, http }: IdentifyContext): Promise<Identity> {
  const user = await read(auth.basicAuth?.usernameSecret)
  const password = await read(auth.basicAuth?.passwordSecret)
  if (user && password) return async () => basic(user, password)
  if (auth.oauth2 === undefined || auth.clientCert?.clientCertSecret !== undefined)
    return async () => undefined
  const { oauth2 } = auth
  const secret = async (field: string): Promise<string> => {
    const text = (await read(selectorOf(oauth2[field])))?.trim()
    if (!text)
      throw new ArgoError(`oauth2: ${field} names no Secret with a value`, { code: 'ERR_BAD_REQUEST' })
    return text
  }
  const client = { id: await secret('clientIDSecret'), secret: await secret('clientSecretSecret') }
  const tokenUrl = await secret('tokenURLSecret')
  const form = new URLSearchParams({ grant_type: 'client_credentials' })
  const scopes = Array.isArray(oauth2['scopes'])
    ? oauth2['scopes'].filter((scope) => typeof scope === 'string')
    : []
  if (scopes.length > 0) form.set('scope', scopes.join(' '))
  for (const [key, value] of endpointParams(oauth2['endpointParams'])) form.append(key, value)

  let token: { readonly header: string; readonly until: number } | undefined
  return async (signal) => {
    if (token === undefined || Date.now() > token.until)
      token = await fetchToken(http, tokenUrl, client, form, signal)
    return token.header
  }
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

async function fetchToken(
  http: Http,
  url: string,
  client: { readonly id: string; readonly secret: string },
  form: URLSearchParams,
  signal: AbortSignal,
): Promise<{ readonly header: string; readonly until: number }> {
  const response = await http.request({
    method: 'POST',
    url,
    headers: {
      authorization: basic(encodeURIComponent(client.id), encodeURIComponent(client.secret)),
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    },
    body: form.toString(),
    signal,
    stallMs: 30_000,
  })
  const text = (await readBody(response.body, 1024 * 1024)).toString('utf8')
  const where = new URL(url).origin
  if (response.status !== 200) {
    const retryable = isTransientStoreFailure({ statusCode: response.status })
    throw new ArgoError(
      `oauth2: the token server ${where} answered ${response.status}: check client id and secret`,
      {
        code: retryable ? 'ERR_UNAVAILABLE' : 'ERR_UNAUTHORIZED',
        retryable,
      },
    )
  }
  const answer = parseToken(text)
  if (answer === undefined)
    throw new ArgoError(`oauth2: the token server ${where} answered without a token`, {
      code: 'ERR_UNAUTHORIZED',
    })
  // A minute early: the request that uses it takes time.
  return { header: `Bearer ${answer.token}`, until: Date.now() + Math.max(0, answer.seconds - 60) * 1000 }
}

function parseToken(text: string): { readonly token: string; readonly seconds: number } | undefined {
  try {
    const answer = JSON.parse(text) as {
      readonly access_token?: unknown
      readonly expires_in?: unknown
    } | null
    const token = answer?.access_token
    if (typeof token !== 'string' || !/^[\u0021-\u007e]+$/.test(token)) return undefined
    const seconds = Number(answer?.expires_in ?? 0)
    return { token, seconds: seconds > 0 ? seconds : 24 * 3600 }
  } catch {
    return undefined
  }
}

function endpointParams(value: Json | undefined): [string, string][] {
  if (!Array.isArray(value)) return []
  return value.flatMap((one: Json): [string, string][] => {
    if (typeof one !== 'object' || one === null || !('key' in one)) return []
    const { key, value: text = '' } = one
    return typeof key === 'string' && typeof text === 'string' ? [[key, text]] : []
  })
}

function selectorOf(value: Json | undefined): KeySelector | undefined {
  if (typeof value !== 'object' || value === null || !('key' in value)) return undefined
  const { name, key } = value
  return typeof name === 'string' && typeof key === 'string' ? { name, key } : undefined
}
