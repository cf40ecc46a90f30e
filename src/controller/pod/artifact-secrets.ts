// The Secrets that artifacts name: mounted into init and wait, each with only the keys that are used.

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

/** One volume per Secret, named like it, at `/argo/secret/NAME` (spec executor 1.5, 1.6). */
export function artifactSecrets(template: Template): ArtifactSecrets {
  const keysOf = new Map<string, Set<string>>()
  for (const { name, key } of locations(template).flatMap(selectors)) {
    if (!name || !key) continue
    const keys = keysOf.get(name) ?? new Set()
    keysOf.set(name, keys.add(key))
  }
  const names = [...keysOf.keys()]
  return {
    volumes: names.map((name) => ({ name, secret: { secretName: name, items: items(keysOf.get(name)) } })),
    mounts: names.map((name) => ({ name, readOnly: true, mountPath: `${secretsDir}/${name}` })),
  }
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

function items(keys: ReadonlySet<string> = new Set()): { readonly key: string; readonly path: string }[] {
  return [...keys].map((key) => ({ key, path: key }))
}
