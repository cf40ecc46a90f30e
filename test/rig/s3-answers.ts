// A server that answers S3 requests as a test says, for what no store does on demand.

import type { IncomingMessage } from 'node:http'
import { createDrivers } from '../../artifacts/registry.ts'
import type { ArtifactDriver } from '../../artifacts/driver.ts'
import { createLogger } from '../../src/log/logger.ts'
import type { Artifact, S3Artifact } from '../../src/spec/types.ts'
import { startHttp } from './http-server.ts'

export interface Asked {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

export interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

export interface AnsweringStore extends AsyncDisposable {
  readonly asked: readonly Asked[]
  readonly artifact: Artifact
  readonly driver: ArtifactDriver
  readonly lines: readonly string[]
}

/** `number` counts from 1. */
export async function answeringStore(
  answer: (asked: Asked, number: number) => Reply,
  place: Partial<S3Artifact> = {},
  env: Readonly<Record<string, string>> = {},
  /** The value of a key of a Secret at its nth reading. */
  secret: (key: string, reads: number) => string = (key) => ` ${key}-value \n`,
): Promise<AnsweringStore> {
  const reads = new Map<string, number>()
  const asked: Asked[] = []
  const lines: string[] = []
  const server = await startHttp(({ method = '', url = '', headers }, body, response) => {
    asked.push({ method, url, headers, body })
    const {
      status = 200,
      headers: more = {},
      body: text = '',
    } = answer({ method, url, headers, body }, asked.length)
    const length =
      more['transfer-encoding'] === undefined ? { 'content-length': Buffer.byteLength(text) } : {}
    response.writeHead(status, { ...length, ...more }).end(method === 'HEAD' ? undefined : text)
  })
  const drivers = createDrivers({
    env: { EXECUTOR_RETRY_BACKOFF_DURATION: '1ms', ...env },
    log: createLogger({ level: 'debug', write: (line) => lines.push(line) }),
    readSecret: async (_name, key) => {
      reads.set(key, (reads.get(key) ?? 0) + 1)
      return secret(key, reads.get(key) ?? 1)
    },
  })
  const artifact: Artifact = {
    name: 'x',
    s3: {
      endpoint: server.url.replace('http://', ''),
      insecure: true,
      bucket: 'bucket',
      key: 'key',
      accessKeySecret: { name: 's', key: 'access' },
      secretKeySecret: { name: 's', key: 'secret' },
      ...place,
    },
  }
  return {
    asked,
    artifact,
    lines,
    driver: await drivers.driverFor(artifact),
    [Symbol.asyncDispose]: async () => {
      await drivers.close()
      await server.close()
    },
  }
}

export function refusal(code: string, message: string, more = ''): string {
  return `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message>${more}</Error>`
}
