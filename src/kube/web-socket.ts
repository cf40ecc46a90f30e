// The frames of a WebSocket (RFC 6455) over a socket that was upgraded, for both sides of exec.

import { createHash, randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { ArgoError } from '../errors/argo-error.ts'

/** A message of exec is a chunk of output; the API server sends at most 32 KiB at a time. */
const longestMessageBytes = 16 * 1024 * 1024

export interface WebSocketLink {
  /** Whole binary and text messages, until the other side closes. */
  readonly messages: AsyncIterable<Buffer>
  send(message: Uint8Array): Promise<void>
  /** Says good-bye and ends the connection. */
  close(): void
}

/** The answer to `Sec-WebSocket-Key`. */
export function acceptKey(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
}

/** `client` masks what it sends and takes unmasked frames; a server the other way round. */
export function webSocketLink(socket: Duplex, head: Buffer, side: 'client' | 'server'): WebSocketLink {
  const mask = side === 'client'
  const write = (opcode: number, payload: Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => {
      socket.write(encodeFrame(opcode, payload, mask), (error) => {
        if (error) reject(error)
        else resolve()
      })
    })
  return {
    messages: readMessages(socket, head, !mask, (payload) => {
      write(0xa, payload).catch(() => {})
    }),
    send: (message) => write(0x2, message),
    close: () => {
      socket.end(encodeFrame(0x8, Buffer.of(0x03, 0xe8), mask))
    },
  }
}

async function* readMessages(
  socket: Duplex,
  head: Buffer,
  masked: boolean,
  pong: (payload: Buffer) => void,
): AsyncGenerator<Buffer, void, undefined> {
  let rest: Buffer = head
  let message: Buffer[] = []
  const take = function* (): Generator<Frame> {
    for (let frame = decodeFrame(rest, masked); frame !== undefined; frame = decodeFrame(rest, masked)) {
      rest = rest.subarray(frame.sizeBytes)
      yield frame
    }
  }
  const handle = function* (): Generator<Buffer | 'closed'> {
    for (const { opcode, last, payload } of take()) {
      if (opcode === 0x8) {
        yield 'closed'
        return
      }
      if (opcode === 0x9) pong(payload)
      if (opcode > 0x2) continue
      message.push(payload)
      if (message.reduce((sum, part) => sum + part.length, 0) > longestMessageBytes)
        throw broken('a message is too long')
      if (!last) continue
      yield Buffer.concat(message)
      message = []
    }
  }
  try {
    for (const item of handle()) {
      if (item === 'closed') return
      yield item
    }
    for await (const chunk of socket) {
      rest = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer])
      for (const item of handle()) {
        if (item === 'closed') return
        yield item
      }
    }
  } finally {
    socket.destroy()
  }
}

interface Frame {
  readonly opcode: number
  readonly last: boolean
  readonly payload: Buffer
  readonly sizeBytes: number
}

/** The first frame of `data`, or undefined when it is not there as a whole. */
function decodeFrame(data: Buffer, masked: boolean): Frame | undefined {
  if (data.length < 2) return undefined
  const [first = 0, second = 0] = data
  if ((first & 0x70) !== 0) throw broken('a frame uses an extension that was not agreed on')
  if (((second & 0x80) !== 0) !== masked)
    throw broken('a frame is masked where it must not be, or not where it must')
  const short = second & 0x7f
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0
  const headerBytes = 2 + lengthBytes + (masked ? 4 : 0)
  if (data.length < headerBytes) return undefined
  const length =
    lengthBytes === 0 ? short : lengthBytes === 2 ? data.readUInt16BE(2) : Number(data.readBigUInt64BE(2))
  if (length > longestMessageBytes) throw broken('a frame is too long')
  if (data.length < headerBytes + length) return undefined
  const payload = Buffer.from(data.subarray(headerBytes, headerBytes + length))
  if (masked) applyMask(payload, data.subarray(headerBytes - 4, headerBytes))
  return { opcode: first & 0x0f, last: (first & 0x80) !== 0, payload, sizeBytes: headerBytes + length }
}

function encodeFrame(opcode: number, payload: Uint8Array, masked: boolean): Buffer {
  const { length } = payload
  const size = length < 126 ? Buffer.of(length) : Buffer.alloc(length < 0x10000 ? 3 : 9)
  if (size.length === 3) {
    size[0] = 126
    size.writeUInt16BE(length, 1)
  } else if (size.length === 9) {
    size[0] = 127
    size.writeBigUInt64BE(BigInt(length), 1)
  }
  if (!masked) return Buffer.concat([Buffer.of(0x80 | opcode), size, payload])
  size[0] = (size[0] ?? 0) | 0x80
  const mask = randomBytes(4)
  const body = Buffer.from(payload)
  applyMask(body, mask)
  return Buffer.concat([Buffer.of(0x80 | opcode), size, mask, body])
}

function applyMask(payload: Buffer, mask: Uint8Array): void {
  for (let index = 0; index < payload.length; index++)
    payload[index] = (payload[index] ?? 0) ^ (mask[index % 4] ?? 0)
}

function broken(why: string): ArgoError {
  return new ArgoError(`the WebSocket is broken: ${why}`, { code: 'ERR_TORN_DATA', retryable: true })
}
