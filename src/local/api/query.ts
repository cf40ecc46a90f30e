// The parameters of a request to the embedded API: the query of its URL, and the options in the body of a delete.

import { isObject } from '../../kube/patch/merge.ts'
import type { Json } from '../../spec/types.ts'
import type { DeleteRequest } from './delete.ts'
import type { ListRequest } from './list.ts'
import type { Selectors } from './select.ts'
import { badRequest } from './status-errors.ts'

export function isTrue(query: URLSearchParams, name: string): boolean {
  const text = query.get(name)
  return text === 'true' || text === '1'
}

/** Throws 400 for anything but a whole number; undefined when absent. */
export function count(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  if (!/^\d{1,9}$/.test(text))
    throw badRequest(`${name} must be a whole number, found ${JSON.stringify(text)}`)
  return Number(text)
}

export function selectorsOf(query: URLSearchParams): Selectors {
  return {
    labelSelector: query.get('labelSelector') ?? undefined,
    fieldSelector: query.get('fieldSelector') ?? undefined,
  }
}

export function listRequest(query: URLSearchParams): ListRequest {
  return { ...selectorsOf(query), limit: count(query, 'limit'), continue: query.get('continue') ?? undefined }
}

/** Nothing is written, but everything is checked and answered as if it were. */
export function isDryRun(query: URLSearchParams, body?: unknown): boolean {
  const inBody = isObject(body as Json) ? (body as { readonly dryRun?: unknown }).dryRun : undefined
  return query.get('dryRun') === 'All' || (Array.isArray(inBody) && inBody.includes('All'))
}

/** Options come in the query, or as a DeleteOptions in the body. */
export function deleteRequest(query: URLSearchParams, body: unknown): DeleteRequest {
  if (body !== undefined && !isObject(body as Json))
    throw badRequest('the body of a delete is no DeleteOptions')
  const options = (body ?? {}) as {
    readonly gracePeriodSeconds?: number | null
    readonly propagationPolicy?: string | null
    readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string } | null
  }
  const graceSeconds = options.gracePeriodSeconds ?? count(query, 'gracePeriodSeconds')
  const policy = options.propagationPolicy ?? query.get('propagationPolicy')
  const { uid, resourceVersion } = options.preconditions ?? {}
  return {
    ...(graceSeconds === undefined ? {} : { gracePeriodSeconds: graceSeconds }),
    ...(policy === null ? {} : { propagationPolicy: policy }),
    ...(uid === undefined ? {} : { preconditionUid: uid }),
    ...(resourceVersion === undefined ? {} : { preconditionVersion: resourceVersion }),
  }
}
