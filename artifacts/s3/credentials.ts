// Whose requests they are: keys from Secrets, a role, or whatever the machine offers (spec executor 6.1).

import type { KeySelector, S3Bucket } from '../../src/spec/types.ts'
import type { Http } from '../../src/util/http.ts'
import type { DriverContext } from '../driver.ts'
import type { CredentialSource } from './signed-request.ts'

export interface CredentialContext extends DriverContext {
  readonly read: (selector: KeySelector | undefined) => Promise<string | undefined>
  readonly http: Http
}

export interface Credentials {
  readonly source: CredentialSource
  readonly close: () => Promise<void>
}

/**
 * Access and secret key, with a session token if there is one; else a role that is assumed with the machine's own
 * credentials; else those themselves. The machine's come from the SDK, which is loaded only then.
 */
export async function credentialsOf(place: S3Bucket, context: CredentialContext): Promise<Credentials> {
  if (place.accessKeySecret?.name !== undefined && place.secretKeySecret?.name !== undefined) {
    return staticCredentials(place, context)
  }
  const { machineCredentials } = await import('./aws-credentials.ts')
  return machineCredentials(place, context)
}

async function staticCredentials(place: S3Bucket, { read }: CredentialContext): Promise<Credentials> {
  const [accessKey = '', secretKey = '', sessionToken = ''] = await Promise.all([
    read(place.accessKeySecret),
    read(place.secretKeySecret),
    read(place.sessionTokenSecret),
  ])
  const keys = {
    accessKey: accessKey.trim(),
    secretKey: secretKey.trim(),
    ...(sessionToken.trim() === '' ? {} : { sessionToken: sessionToken.trim() }),
  }
  return { source: async () => keys, close: async () => {} }
}
