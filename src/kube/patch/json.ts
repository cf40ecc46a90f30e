// JSON patch (RFC 6902): a list of operations, all of them or none. With the two liberties of the real API server: what is
// not there in an object can be replaced, and copied as null.

import { isDeepStrictEqual } from 'node:util'
import { ArgoError } from '../../errors/argo-error.ts'
import type { Json, JsonObject } from '../../spec/types.ts'
import { isObject, setOwn } from './merge.ts'

/** More operations than this are refused, as the API server does. */
const mostOperations = 10_000

/**
 * The document after all operations. Throws ERR_BAD_REQUEST when the patch itself is malformed, ERR_INVALID_INPUT when
 * an operation cannot be applied (a failed test, a path that is not there); the document is never half changed.
 */
export function jsonPatch(document: Json, patch: Json): Json {
  if (!Array.isArray(patch)) throw malformed('a JSON patch is a list of operations')
  if (patch.length > mostOperations)
    throw malformed(`a JSON patch has at most ${String(mostOperations)} operations`)
  return (patch as readonly Json[]).reduce((at, operation) => {
    if (!isObject(operation)) throw malformed('an operation of a JSON patch is an object')
    return applyOperation(at, operation)
  }, document)
}

function applyOperation(document: Json, operation: JsonObject): Json {
  const path = pointer(operation, 'path')
  switch (operation['op']) {
    case 'add':
      return edit(document, path, 'add', valueOf(operation))
    case 'remove':
      return edit(document, path, 'remove', null)
    case 'replace':
      return edit(document, path, 'replace', valueOf(operation))
    case 'test': {
      const found = read(document, path) ?? null
      if (isDeepStrictEqual(found, operation['value'] ?? null)) return document
      throw unprocessable(`testing value ${JSON.stringify(operation['path'])} failed`)
    }
    case 'copy':
      return edit(document, path, 'add', copied(document, pointer(operation, 'from')))
    case 'move': {
      const from = pointer(operation, 'from')
      if (path.length > from.length && from.every((part, index) => part === path[index])) {
        throw unprocessable('a value cannot be moved into itself')
      }
      const value = need(document, from)
      return edit(edit(document, from, 'remove', null), path, 'add', value)
    }
    default:
      throw malformed(`unexpected kind of operation: ${JSON.stringify(operation['op'] ?? null)}`)
  }
}

type Action = 'add' | 'remove' | 'replace'

/** A copy of `document` with one place changed; everything beside the path is shared with the old document. */
function edit(document: Json, path: readonly string[], action: Action, value: Json): Json {
  const [head, ...rest] = path
  if (head === undefined) {
    if (action === 'remove') throw unprocessable('the whole document cannot be removed')
    return value
  }
  if (Array.isArray(document)) return editList(document as readonly Json[], head, rest, action, value)
  if (!isObject(document)) {
    throw unprocessable(`nothing can be at ${JSON.stringify(head)}: its parent is no object and no list`)
  }
  const known = Object.hasOwn(document, head)
  // parity: replacing what is not there adds it.
  if (!known && (rest.length > 0 || action === 'remove')) {
    throw unprocessable(`there is nothing at ${JSON.stringify(head)}`)
  }
  const copy: Record<string, Json | undefined> = { ...document }
  if (rest.length > 0) setOwn(copy, head, edit(document[head] ?? null, rest, action, value))
  else if (action === 'remove') delete copy[head]
  else setOwn(copy, head, value)
  return copy
}

function editList(
  list: readonly Json[],
  head: string,
  rest: readonly string[],
  action: Action,
  value: Json,
): Json {
  const copy = [...list]
  if (rest.length === 0 && action === 'add') {
    copy.splice(head === '-' ? list.length : indexOf(head, list.length), 0, value)
    return copy
  }
  const index = indexOf(head, list.length - 1)
  if (rest.length > 0) copy[index] = edit(list[index] ?? null, rest, action, value)
  else if (action === 'remove') copy.splice(index, 1)
  else copy[index] = value
  return copy
}

function read(document: Json, path: readonly string[]): Json | undefined {
  let at: Json | undefined = document
  for (const part of path) {
    if (Array.isArray(at)) at = (at as readonly Json[])[indexOf(part, at.length - 1)]
    else if (isObject(at) && Object.hasOwn(at, part)) at = at[part]
    else return undefined
  }
  return at
}

/** parity: what its parent does not have is copied as null; without a parent there is nothing to copy. */
function copied(document: Json, from: readonly string[]): Json {
  const parent = read(document, from.slice(0, -1))
  return isObject(parent) ? (read(document, from) ?? null) : need(document, from)
}

function need(document: Json, path: readonly string[]): Json {
  const value = read(document, path)
  if (value === undefined) throw unprocessable(`there is nothing at /${path.join('/')}`)
  return value
}

function indexOf(part: string, most: number): number {
  const index = /^(0|[1-9]\d{0,8})$/.test(part) ? Number(part) : -1
  if (index < 0 || index > most) throw unprocessable(`${JSON.stringify(part)} is no index of this list`)
  return index
}

function pointer(operation: JsonObject, field: 'path' | 'from'): readonly string[] {
  const text = operation[field]
  if (typeof text !== 'string' || (text !== '' && !text.startsWith('/'))) {
    throw malformed(`${field} of an operation is a JSON pointer, found ${JSON.stringify(text ?? null)}`)
  }
  return text
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function valueOf(operation: JsonObject): Json {
  const value = operation['value']
  if (value === undefined)
    throw malformed(`the operation on ${JSON.stringify(operation['path'])} needs a value`)
  return value
}

function malformed(message: string): ArgoError {
  return new ArgoError(message, { code: 'ERR_BAD_REQUEST' })
}

function unprocessable(message: string): ArgoError {
  return new ArgoError(message, { code: 'ERR_INVALID_INPUT' })
}
