// Credentials that the machine offers (environment, shared files, web identity, instance and container metadata), and
// roles that are assumed with them. Loaded only for artifacts without keys: the SDK is large.

import { S3Client } from '@aws-sdk/client-s3'
import { ArgoError, errorMessage } from '../../src/errors/argo-error.ts'
import type { S3Bucket } from '../../src/spec/types.ts'
import type { SigningCredentials } from '../../src/util/sigv4.ts'
import { assumeRole, type TemporaryCredentials } from './assume-role.ts'
import type { CredentialContext, Credentials } from './credentials.ts'

/** Renewed before they run out, so that a long transfer outlives them (Argo resolves them once). */
const renewBeforeMs = 5 * 60_000

// parity: without keys and role, useSDKCreds and its absence ask the same chain; Argo's second chain is a part of it.
export async function machineCredentials(
  place: S3Bucket,
  { env, http }: CredentialContext,
): Promise<Credentials> {
  const region = place.region || env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || 'us-east-1'
  const sdk = new S3Client({ region })
  const own = async (fresh: boolean): Promise<SigningCredentials> => {
    try {
      const found = await sdk.config.credentials({ forceRefresh: fresh })
      return {
        accessKey: found.accessKeyId,
        secretKey: found.secretAccessKey,
        ...(found.sessionToken === undefined ? {} : { sessionToken: found.sessionToken }),
      }
    } catch (error) {
      throw new ArgoError(
        `find credentials for the bucket ${place.bucket ?? ''}: ${errorMessage(error)}; set accessKeySecret and secretKeySecret, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the pod an identity`,
        { code: 'ERR_UNAUTHORIZED', cause: error },
      )
    }
  }
  const close = async (): Promise<void> => sdk.destroy()
  const { roleARN } = place
  if (roleARN === undefined || roleARN === '') return { source: own, close }

  let assumed: Promise<TemporaryCredentials> | undefined
  const source: Credentials['source'] = async (fresh, signal) => {
    const known = await assumed?.catch(() => undefined)
    if (known !== undefined && !fresh && Date.now() < known.expiresAtMs - renewBeforeMs)
      return known.credentials
    assumed = own(fresh).then((credentials) =>
      assumeRole({ roleARN, region, credentials, http, env, signal }),
    )
    return (await assumed).credentials
  }
  return { source, close }
}
