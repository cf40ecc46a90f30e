// kubectl sends `create configmap`, `create secret`, `create serviceaccount` and `create namespace` as protobuf, without
// asking what the server takes; this reads just these (field numbers of k8s.io/api core/v1 generated.proto).

import type { Json } from '../../spec/types.ts'
import { setOwn } from '../../kube/patch/merge.ts'
import { badRequest } from './status-errors.ts'

export const protobufType = 'application/vnd.kubernetes.protobuf'

type Kind = 'text' | 'bytes' | 'bool' | 'texts' | 'textMap' | 'bytesMap' | Message | readonly [Message]
interface Message {
  readonly [field: number]: readonly [name: string, kind: Kind]
}

const metadata: Message = {
  1: ['name', 'text'],
  2: ['generateName', 'text'],
  3: ['namespace', 'text'],
  11: ['labels', 'textMap'],
  12: ['annotations', 'textMap'],
  14: ['finalizers', 'texts'],
}
const reference: Message = { 1: ['name', 'text'] }

const kinds: Readonly<Record<string, Message>> = {
  ConfigMap: {
    1: ['metadata', metadata],
    2: ['data', 'textMap'],
    3: ['binaryData', 'bytesMap'],
    4: ['immutable', 'bool'],
  },
  Secret: {
    1: ['metadata', metadata],
    2: ['data', 'bytesMap'],
    3: ['type', 'text'],
    4: ['stringData', 'textMap'],
    5: ['immutable', 'bool'],
  },
  ServiceAccount: { 1: ['metadata', metadata], 3: ['imagePullSecrets', [reference]] },
  Namespace: { 1: ['metadata', metadata] },
}

/** The object in the envelope, as JSON. Throws 400 for other kinds and for broken bytes. */
export function decodeKubeProtobuf(body: Buffer): Json {
  if (body.subarray(0, 4).toString('latin1') !== 'k8s\0')
    throw badRequest('the body is not protobuf of Kubernetes')
  const envelope = decode(body.subarray(4), {
    1: ['type', { 1: ['apiVersion', 'text'], 2: ['kind', 'text'] }],
    2: ['raw', 'bytes'],
  })
  const { apiVersion = '', kind = '' } = (envelope['type'] ?? {}) as {
    readonly apiVersion?: string
    readonly kind?: string
  }
  const message = kinds[kind]
  if (message === undefined)
    throw badRequest(`a ${kind} is accepted as JSON only; write it to a file and use kubectl create -f`)
  const raw = Buffer.from(typeof envelope['raw'] === 'string' ? envelope['raw'] : '', 'base64')
  return { apiVersion, kind, ...decode(raw, message) }
}

/** Fields that the message does not name are skipped. */
function decode(bytes: Buffer, message: Message): Record<string, Json | undefined> {
  const result: Record<string, Json | undefined> = {}
  for (const { field, content } of fields(bytes)) {
    const entry = message[field]
    if (entry === undefined) continue
    const [name, kind] = entry
    setOwn(result, name, valueOf(kind, content, result[name]))
  }
  return result
}

function valueOf(kind: Kind, content: Buffer | number, known: Json | undefined): Json {
  if (typeof content === 'number') return kind === 'bool' ? content !== 0 : content
  switch (kind) {
    case 'text':
      return content.toString('utf8')
    case 'bytes':
      return content.toString('base64')
    case 'bool':
      throw broken()
    case 'texts':
      return [...((known ?? []) as readonly Json[]), content.toString('utf8')]
    case 'textMap':
    case 'bytesMap': {
      const pair = decode(content, {
        1: ['key', 'text'],
        2: ['value', kind === 'textMap' ? 'text' : 'bytes'],
      })
      const map: Record<string, Json | undefined> = { ...(known as Record<string, Json>) }
      setOwn(map, typeof pair['key'] === 'string' ? pair['key'] : '', pair['value'] ?? '')
      return map
    }
    default:
      return isList(kind)
        ? [...((known ?? []) as readonly Json[]), decode(content, kind[0])]
        : decode(content, kind)
  }
}

function isList(kind: Message | readonly [Message]): kind is readonly [Message] {
  return Array.isArray(kind)
}

function* fields(bytes: Buffer): Generator<{ readonly field: number; readonly content: Buffer | number }> {
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let shift = 0; shift < 56; shift += 7) {
      const byte = bytes[at++]
      if (byte === undefined) throw broken()
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
    throw broken()
  }
  while (at < bytes.length) {
    const tag = varint()
    const field = Math.floor(tag / 8)
    switch (tag % 8) {
      case 0:
        yield { field, content: varint() }
        break
      case 1:
        at += 8
        break
      case 2: {
        const length = varint()
        if (at + length > bytes.length) throw broken()
        yield { field, content: bytes.subarray(at, at + length) }
        at += length
        break
      }
      case 5:
        at += 4
        break
      default:
        throw broken()
    }
  }
}

function broken(): Error {
  return badRequest('the protobuf of the body is broken')
}
