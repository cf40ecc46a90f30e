// The S3 store of the laptop: a folder behind the calls that artifacts need, on this machine only, with keys that are
// made for each run.

import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { errorMessage } from '../../errors/argo-error.ts'
import type { Logger } from '../../log/logger.ts'
import { answerProblem } from './answer.ts'
import { authenticate, type StoreKeys } from './authenticate.ts'
import { openBucketFiles } from './bucket-files.ts'
import { openMultipartFiles } from './multipart-files.ts'
import { Problem } from './problem.ts'
import { handle } from './handle.ts'
import { sweepIncomplete } from './sweep-incomplete.ts'
import { parseTarget } from './target.ts'

/** An upload that nobody went on with for a day belongs to a run that was killed. */
const incompleteForMs = 24 * 3600_000

export interface ObjectStoreOptions {
  /** Made when missing. Several stores may share it. */
  readonly dir: string
  readonly bucket: string
  readonly log?: Logger
}

export interface ObjectStore extends StoreKeys {
  /** `127.0.0.1:PORT`, as `s3.endpoint` takes it, with `insecure: true`. */
  readonly endpoint: string
  readonly bucket: string
  close(): Promise<void>
}

export async function startObjectStore({ dir, bucket, log }: ObjectStoreOptions): Promise<ObjectStore> {
  const keys: StoreKeys = {
    accessKey: randomBytes(10).toString('hex'),
    secretKey: randomBytes(20).toString('hex'),
  }
  const files = openBucketFiles(dir)
  const uploads = openMultipartFiles(files.temporary)
  files.makeBucket(bucket)
  sweepIncomplete(files.temporary, incompleteForMs)
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      // A client that leaves in the middle, as a download does when it has what it needs, is no failure of ours.
      const left = request.destroyed || response.destroyed
      if (!left && !(error instanceof Problem))
        log?.error('object store failed', { method: request.method, error: errorMessage(error) })
      answerProblem(response, error)
    })
  })
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const target = parseTarget(request.url ?? '/')
    const bodyHash = authenticate(request, target, keys)
    await handle({ request, response, target, bodyHash, files, uploads })
    // What was not read would be taken for the next request.
    if (!request.complete) request.resume()
  }
  const port = await listen(server)
  return { ...keys, bucket, endpoint: `127.0.0.1:${port}`, close: () => close(server) }
}

function listen(server: Server): Promise<number> {
  // Uploads may take as long as they take; the header may not.
  server.requestTimeout = 0
  server.headersTimeout = 30_000
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
