// Protobuf from strangers: what is no object of ours is refused, whatever its bytes are.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KubeError } from '../../../../src/kube/kube-error.ts'
import { decodeKubeProtobuf } from '../../../../src/local/api/kube-protobuf.ts'

const field = (number: number, content: Buffer | string): Buffer => {
  const bytes = Buffer.from(content)
  return Buffer.concat([Buffer.of(number * 8 + 2, bytes.length), bytes])
}
const envelope = (kind: string, raw: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from('k8s\0'),
    field(1, Buffer.concat([field(1, 'v1'), field(2, kind)])),
    field(2, raw),
  ])

test('a ConfigMap with maps, repeated fields and fields that nobody knows', () => {
  const metadata = Buffer.concat([
    field(1, 'c'),
    field(11, Buffer.concat([field(1, 'k'), field(2, 'v')])),
    field(14, 'f1'),
    field(14, 'f2'),
    Buffer.of(7 * 8, 5),
  ])
  const body = Buffer.concat([
    field(1, metadata),
    field(2, Buffer.concat([field(1, '__proto__'), field(2, 'x')])),
    field(2, field(1, 'empty')),
    Buffer.of(4 * 8, 1),
    Buffer.from([15 * 8 + 1, 1, 2, 3, 4, 5, 6, 7, 8]),
  ])
  const data: unknown = JSON.parse('{"__proto__":"x","empty":""}')
  expect(decodeKubeProtobuf(envelope('ConfigMap', body))).toEqual({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'c', labels: { k: 'v' }, finalizers: ['f1', 'f2'] },
    data,
    immutable: true,
  })
})

test('other kinds are asked for as JSON', () => {
  expect(() => decodeKubeProtobuf(envelope('Pod', Buffer.alloc(0)))).toThrow('kubectl create -f')
})

test('any bytes are an object or a bad request', () => {
  const attempt = (bytes: Uint8Array): void => {
    try {
      decodeKubeProtobuf(Buffer.from(bytes))
    } catch (error) {
      expect(error).toBeInstanceOf(KubeError)
      expect(error).toMatchObject({ status: { code: 400 } })
    }
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (raw) => attempt(envelope('Secret', Buffer.from(raw)))),
    { numRuns: 2000 },
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (raw) =>
      attempt(Buffer.concat([Buffer.from('k8s\0'), raw])),
    ),
    { numRuns: 500 },
  )
})
