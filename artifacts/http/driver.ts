// Artifacts behind a URL: GET loads, PUT saves (spec executor 6.5).

import { closeSync, createReadStream, createWriteStream, ftruncateSync, openSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { STATUS_CODES } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ArgoError, type ErrorCode } from '../../src/errors/argo-error.ts'
import type { Artifact } from '../../src/spec/types.ts'
import type { HttpResponse } from '../../src/util/http.ts'
import type { ArtifactDriver } from '../driver.ts'
import { appearAt } from '../transfer/appear-at.ts'
import { writeStream } from '../transfer/file-io.ts'
import { isTransientStoreFailure, type StoreRetry } from '../transient.ts'
import { unsupported } from '../unsupported.ts'
import type { FollowedRequest, Send } from './follow-redirects.ts'
import type { Identity } from './identify.ts'

export interface HttpDriverOptions {
  readonly send: Send
  readonly identity: Identity
  readonly retry: StoreRetry
  readonly close: () => Promise<void>
}

export function createHttpDriver({ send, identity, retry, close }: HttpDriverOptions): ArtifactDriver {
  const ask = async (
    artifact: Artifact,
    request: Pick<FollowedRequest, 'method' | 'signal' | 'openBody'>,
    extra: Readonly<Record<string, string>> = {},
  ): Promise<HttpResponse> => {
    const authorization = await identity(request.signal)
    const own = Object.fromEntries((artifact.http?.headers ?? []).map(({ name, value }) => [name, value]))
    return send({
      ...request,
      url: artifact.http?.url ?? '',
      headers: { ...own, ...extra, ...(authorization === undefined ? {} : { authorization }) },
    })
  }
  const get = async (
    artifact: Artifact,
    signal: AbortSignal,
    headers?: Readonly<Record<string, string>>,
  ): Promise<HttpResponse> => {
    const response = await ask(artifact, { method: 'GET', signal }, headers)
    return accepted(response, `loading content from ${shownUrl(artifact)} failed with reason`)
  }
  const putFile = async (artifact: Artifact, path: string, signal: AbortSignal): Promise<void> => {
    const headers = { 'content-length': String(statSync(path).size) }
    await retry.run(signal, async () => {
      const response = await ask(
        artifact,
        { method: 'PUT', signal, openBody: () => createReadStream(path) },
        headers,
      )
      await finish(accepted(response, `saving file ${path} to ${shownUrl(artifact)} failed with reason`))
    })
  }

  return {
    name: 'http',
    capabilities: {
      load: true,
      save: true,
      directories: false,
      ranges: true,
      list: false,
      delete: false,
      stat: true,
      checksum: 'none',
    },

    load: async (artifact, path, { signal }) => {
      await appearAt(path, async (temporary) => {
        const descriptor = openSync(temporary, 'wx', 0o666)
        try {
          await retry.run(signal, async () => {
            ftruncateSync(descriptor, 0)
            const { body } = await get(artifact, signal)
            await writeStream(body, descriptor, 0, () => true)
          })
        } finally {
          closeSync(descriptor)
        }
      })
    },

    save: async (artifact, path, { signal }) => {
      if (statSync(path).isDirectory()) {
        throw new ArgoError(
          `save ${path} to ${shownUrl(artifact)}: it is a directory; use archive tar or zip`,
          { code: 'ERR_NOT_IMPLEMENTED' },
        )
      }
      await putFile(artifact, path, signal)
    },

    openStream: async (artifact, { signal, offset = 0, length }) => {
      const whole = offset === 0 && length === undefined
      const range = `bytes=${offset}-${length === undefined ? '' : offset + length - 1}`
      const response = await retry.run(signal, async () => get(artifact, signal, whole ? {} : { range }))
      if (whole || response.status === 206) return response.body
      response.body.destroy()
      throw new ArgoError(`read a part of ${shownUrl(artifact)}: the server does not serve ranges`, {
        code: 'ERR_NOT_IMPLEMENTED',
      })
    },

    // A stream can be sent once, and a retry or a redirect needs it again.
    saveStream: async (artifact, source, { signal }) =>
      viaFile(source, signal, (path) => putFile(artifact, path, signal)),

    stat: async (artifact, { signal }) => {
      const response = await retry.run(signal, async () => {
        const answer = await ask(artifact, { method: 'HEAD', signal })
        return accepted(answer, `loading content from ${shownUrl(artifact)} failed with reason`)
      })
      await finish(response)
      return {
        key: artifact.http?.url ?? '',
        sizeBytes: Number(response.headers['content-length'] ?? Number.NaN),
        ...namesOf(response),
      }
    },

    list: unsupported('listing is not possible over HTTP', 'name each file by its own artifact'),
    isDirectory: unsupported('HTTP knows no directories', 'load it as a file'),
    delete: unsupported('deleting is not possible over HTTP', 'delete the file on the server'),
    close,
  }
}

async function viaFile(
  source: Readable,
  signal: AbortSignal,
  work: (path: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'argo-http-'))
  try {
    const path = join(folder, 'body')
    await pipeline(source, createWriteStream(path, { mode: 0o600 }), { signal })
    await work(path)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function finish({ body }: HttpResponse): Promise<void> {
  for await (const _chunk of body) {
    // Nobody wants the text, but its end says that the server is through.
  }
}

function accepted(response: HttpResponse, failing: string): HttpResponse {
  const { status, headers } = response
  if (status >= 200 && status < 300) return response
  response.body.destroy()
  const retryable = status === 429 || isTransientStoreFailure({ statusCode: status })
  const retryAfter = Number(headers['retry-after'] ?? Number.NaN)
  throw new ArgoError(`${failing}: ${status} ${STATUS_CODES[status] ?? ''}`.trimEnd(), {
    code: retryable ? 'ERR_UNAVAILABLE' : (codes[status] ?? 'ERR_BAD_REQUEST'),
    retryable,
    data: { status, ...(retryAfter >= 0 ? { retryAfterMs: Math.min(retryAfter, 60) * 1000 } : {}) },
  })
}

const codes: Readonly<Record<number, ErrorCode>> = {
  401: 'ERR_UNAUTHORIZED',
  403: 'ERR_FORBIDDEN',
  404: 'ERR_NOT_FOUND',
}

function namesOf({ headers }: HttpResponse): { etag?: string } {
  return headers.etag === undefined ? {} : { etag: headers.etag }
}

/** Without user, password and query: those may be secret. */
function shownUrl(artifact: Artifact): string {
  const text = artifact.http?.url ?? ''
  if (!URL.canParse(text)) return JSON.stringify(text)
  const url = new URL(text)
  return url.origin + url.pathname
}
