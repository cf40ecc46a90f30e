// The Secrets that artifacts name: mounted into init and wait, each with only the keys that are used.

import { fnv1a32 } from '../../expression/fnv.ts'
import { secretsDir } from '../../pod/paths.ts'
import type {
  ArtifactLocation,
  JsonObject,
  KeySelector,
  Template,
  Volume,
  VolumeMount,
} from '../../spec/types.ts'

export interface ArtifactSecrets {
  readonly volumes: readonly Volume[]
  readonly mounts: readonly VolumeMount[]
}

/**
 * One volume per Secret, named like it, at `/argo/secret/NAME` (spec executor 1.5, 1.6). `taken`: names of other volumes.
 * deviates: a Secret whose name is no name of a volume, or is that of another volume of the pod, gets one of its own;
 * the API would refuse Argo's pod.
 */
export function artifactSecrets(template: Template, taken: readonly string[]): ArtifactSecrets {
  const keysOf = new Map<string, Set<string>>()
  for (const { name, key } of locations(template).flatMap(selectors)) {
    if (!name || !key) continue
    const keys = keysOf.get(name) ?? new Set()
    keysOf.set(name, keys.add(key))
  }
  const secrets = [...keysOf].map(([secretName, keys]) => {
    const name =
      isVolumeName(secretName) && !taken.includes(secretName) ? secretName : `secret-${fnv1a32(secretName)}`
    const volume = { name, secret: { secretName, items: [...keys].map((key) => ({ key, path: key })) } }
    return { volume, mount: { name, readOnly: true, mountPath: `${secretsDir}/${secretName}` } }
  })
  return { volumes: secrets.map(({ volume }) => volume), mounts: secrets.map(({ mount }) => mount) }
}

/** A DNS label; names of Secrets may be longer and have dots. */
function isVolumeName(name: string): boolean {
  return name.length <= 63 && /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/.test(name)
}

function locations({ archiveLocation, outputs, inputs }: Template): readonly ArtifactLocation[] {
  return [
    ...(archiveLocation ? [archiveLocation] : []),
    ...(outputs?.artifacts ?? []),
    ...(inputs?.artifacts ?? []),
  ]
}

function selectors({ s3, http }: ArtifactLocation): readonly KeySelector[] {
  const encryption = s3?.encryptionOptions
  const auth = http?.auth
  return [
    s3?.accessKeySecret,
    s3?.secretKeySecret,
    s3?.sessionTokenSecret,
    encryption?.enableEncryption ? encryption.serverSideCustomerKeySecret : undefined,
    s3?.caSecret,
    auth?.clientCert?.clientCertSecret,
    auth?.clientCert?.clientKeySecret,
    auth?.basicAuth?.usernameSecret,
    auth?.basicAuth?.passwordSecret,
    ...oauthSelectors(auth?.oauth2),
  ].filter((selector) => selector !== undefined)
}

function oauthSelectors(oauth2: JsonObject | undefined): readonly (KeySelector | undefined)[] {
  return ['clientIDSecret', 'clientSecretSecret', 'tokenURLSecret'].map(
    (name) => oauth2?.[name] as KeySelector | undefined,
  )
}
