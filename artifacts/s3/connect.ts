// From the fields of an artifact to a client of its bucket: secrets read, certificates chosen, credentials found.

import type { KeySelector, S3Bucket } from '../../src/spec/types.ts'
import { createHttp } from '../../src/util/http.ts'
import type { DriverContext } from '../driver.ts'
import type { S3Client } from './client.ts'
import { credentialsOf } from './credentials.ts'
import { encryptionOf } from './encryption.ts'
import { s3Endpoint } from './endpoint.ts'
import { createSender } from './signed-request.ts'
import { traced } from './trace.ts'
import { createWireClient } from './wire-client.ts'

export interface S3Connection {
  readonly client: S3Client
  readonly close: () => Promise<void>
}

/** Makes no request yet. Rejects with ERR_BAD_REQUEST for fields that contradict each other, ERR_NOT_FOUND for secrets. */
export async function connectS3(place: S3Bucket, context: DriverContext): Promise<S3Connection> {
  const endpoint = s3Endpoint(place)
  const read = async (selector: KeySelector | undefined): Promise<string | undefined> =>
    selector?.name === undefined ? undefined : context.readSecret(selector.name, selector.key)

  // parity: without TLS the certificate is not even read.
  const ca = place.insecure === true ? undefined : await read(place.caSecret)
  const customerSecret = place.encryptionOptions?.enableEncryption
    ? await read(place.encryptionOptions.serverSideCustomerKeySecret)
    : undefined
  const encryption = encryptionOf(place, customerSecret)
  const http = createHttp({ env: context.env, ...(ca === undefined ? {} : { ca }) })
  const credentials = await credentialsOf(place, { ...context, read, http })
  const region = place.region === undefined || place.region === '' ? {} : { region: place.region }
  const bucket = place.bucket ?? ''
  const sender = createSender({ http, endpoint, bucket, credentials: credentials.source, ...region })
  const send = context.env['ARGO_TRACE'] === '1' ? traced(sender, context.log) : sender
  return {
    client: createWireClient({ send, bucket, encryption, ...region }),
    close: async () => {
      http.close()
      await credentials.close()
    },
  }
}
