// A store behind plain HTTP: PUT keeps bytes, GET gives them, 404 otherwise.

import { startHttp, type HttpRig } from './http-server.ts'

export interface FileStore extends HttpRig {
  readonly files: Map<string, Buffer>
}

export async function startFileStore(): Promise<FileStore> {
  const files = new Map<string, Buffer>()
  const server = await startHttp((request, body, response) => {
    const path = decodeURIComponent(request.url ?? '')
    if (request.method === 'PUT') {
      files.set(path, body)
      response.writeHead(201).end()
      return
    }
    const found = files.get(path)
    if (found === undefined) response.writeHead(404).end()
    else response.writeHead(200, { 'content-length': found.length }).end(found)
  })
  return { ...server, files }
}
