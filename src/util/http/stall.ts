// Notices a transfer on which nothing moves any more, without blaming the network for a slow reader or writer.

import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Calls `onStall` once when for `stallMs` no byte went either way although the network was the one to act. Returns the
 * function that ends the watch. `response` tells the answer as soon as there is one.
 */
export function watchStall(
  request: ClientRequest,
  response: () => IncomingMessage | undefined,
  stallMs: number,
  onStall: () => void,
): () => void {
  let moved = -1
  let since = performance.now()
  const timer = setInterval(
    () => {
      const now = performance.now()
      const total = bytesMoved(request.socket)
      if (total !== moved || waitsForUs(request, response())) {
        moved = total
        since = now
      } else if (now - since >= stallMs) {
        clearInterval(timer)
        onStall()
      }
    },
    Math.max(10, stallMs / 4),
  )
  timer.unref()
  return () => clearInterval(timer)
}

function bytesMoved(socket: Socket | null): number {
  if (socket === null) return 0
  // bytesWritten counts what still lies in our own buffer.
  return socket.bytesRead + socket.bytesWritten - socket.writableLength
}

function waitsForUs(request: ClientRequest, response: IncomingMessage | undefined): boolean {
  if (response !== undefined) return response.readableLength > 0
  return (
    !request.writableEnded &&
    !request.writableNeedDrain &&
    request.socket !== null &&
    !request.socket.connecting
  )
}
