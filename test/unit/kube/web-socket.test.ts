// Frames of exec: whatever way the bytes arrive, the messages are the same; broken frames end the connection.

import { duplexPair, type Duplex } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acceptKey, webSocketLink } from '../../../src/kube/web-socket.ts'

async function collect(messages: AsyncIterable<Buffer>): Promise<readonly Buffer[]> {
  const all: Buffer[] = []
  for await (const message of messages) all.push(message)
  return all
}

const nothing = Buffer.alloc(0)

test('the key of RFC 6455', () => {
  expect(acceptKey('dGhlIHNhbXBsZSBub25jZQ==')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
})

test('what one side sends the other receives, in both directions', async () => {
  const message = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.constantFrom(new Uint8Array(125), new Uint8Array(126), new Uint8Array(70_000)),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 6 }), fc.boolean(), async (messages, toServer) => {
      const [a, b] = duplexPair()
      const from = webSocketLink(a, nothing, toServer ? 'client' : 'server')
      const to = webSocketLink(b, nothing, toServer ? 'server' : 'client')
      const received = collect(to.messages)
      for (const one of messages) await from.send(one)
      from.close()
      expect((await received).map((one) => one.toString('hex'))).toEqual(
        messages.map((one) => Buffer.from(one).toString('hex')),
      )
      a.destroy()
    }),
    { numRuns: 60 },
  )
})

/** Frames as a server sends them, cut at arbitrary places. */
function feed(
  bytes: Buffer,
  cuts: readonly number[],
): { readonly socket: Duplex; readonly answers: Promise<Buffer> } {
  const [ours, theirs] = duplexPair()
  const answers = (async () => {
    const parts: Buffer[] = []
    try {
      for await (const chunk of theirs) parts.push(chunk as Buffer)
    } catch {
      // The reader may cut the connection: that is what some tests are about.
    }
    return Buffer.concat(parts)
  })()
  let at = 0
  for (const cut of [...cuts.filter((one) => one < bytes.length).toSorted((x, y) => x - y), bytes.length]) {
    theirs.write(bytes.subarray(at, cut))
    at = cut
  }
  theirs.end()
  return { socket: ours, answers }
}

const frame = (first: number, text: string): Buffer =>
  Buffer.concat([Buffer.of(first, text.length), Buffer.from(text)])

test('fragments, pings between them, and a close before the rest, however they are cut', async () => {
  const bytes = Buffer.concat([
    frame(0x01, 'ab'),
    frame(0x89, 'ping'),
    frame(0x00, 'cd'),
    frame(0x80, 'ef'),
    frame(0x82, ''),
    frame(0x88, ''),
    frame(0x82, 'late'),
  ])
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 5 }), async (cuts) => {
      const { socket } = feed(bytes, cuts)
      const received = await collect(webSocketLink(socket, nothing, 'client').messages)
      expect(received.map(String)).toEqual(['abcdef', ''])
    }),
    { numRuns: 60 },
  )
})

test('bytes that came with the answer count', async () => {
  const { socket } = feed(frame(0x82, 'second'), [])
  expect((await collect(webSocketLink(socket, frame(0x82, 'first'), 'client').messages)).map(String)).toEqual(
    ['first', 'second'],
  )
})

describe('broken frames', () => {
  test.each<[string, Buffer]>([
    ['masked by a server', Buffer.concat([Buffer.of(0x82, 0x81, 0, 0, 0, 0), Buffer.from('x')])],
    ['an extension that was not agreed on', frame(0xc2, 'x')],
    ['a length beyond all bounds', Buffer.of(0x82, 127, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)],
  ])('%s', async (_, bytes) => {
    const { socket } = feed(bytes, [])
    await expect(collect(webSocketLink(socket, nothing, 'client').messages)).rejects.toMatchObject({
      code: 'ERR_TORN_DATA',
    })
    expect(socket.destroyed).toBe(true)
  })

  test('random bytes end, one way or the other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const { socket } = feed(Buffer.from(bytes), [])
        const outcome = await collect(webSocketLink(socket, nothing, 'client').messages).catch(
          (error: unknown) => error,
        )
        expect(outcome).toBeDefined()
      }),
      { numRuns: 200 },
    )
  })
})
