// Whose requests they are: keys from Secrets, a role, or whatever the machine offers (spec executor 6.1).

import type { KeySelector, S3Bucket } from '../../src/spec/types.ts'
import type { Http } from '../../src/util/http.ts'
import type { SigningCredentials } from '../../src/util/sigv4.ts'
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

/** Read again when they have run out: mounted Secrets follow their rotation. */
async function staticCredentials(place: S3Bucket, { read }: CredentialContext): Promise<Credentials> {
  const readKeys = async (): Promise<SigningCredentials> => {
    const selectors = [place.accessKeySecret, place.secretKeySecret, place.sessionTokenSecret]
    const texts = await Promise.all(selectors.map(async (selector) => (await read(selector))?.trim() ?? ''))
    const [accessKey = '', secretKey = '', sessionToken = ''] = texts
    return { accessKey, secretKey, ...(sessionToken === '' ? {} : { sessionToken }) }
  }
  let keys = await readKeys()
  return {
    source: async (fresh) => {
      if (fresh) keys = await readKeys()
      return keys
    },
    close: async () => {},
  }
}
