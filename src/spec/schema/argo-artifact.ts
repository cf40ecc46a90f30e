// Artifacts and where they are stored. Fields stand in the order in which Argo declares them (see notation.ts).

import type { StructTable } from './notation.ts'

const s3Bucket = {
  endpoint: 'string',
  bucket: 'string',
  region: 'string',
  insecure: '*bool',
  accessKeySecret: '*SecretKeySelector',
  secretKeySecret: '*SecretKeySelector',
  sessionTokenSecret: '*SecretKeySelector',
  roleARN: 'string',
  useSDKCreds: 'bool',
  createBucketIfNotPresent: '*CreateS3BucketOptions',
  encryptionOptions: '*S3EncryptionOptions',
  caSecret: '*SecretKeySelector',
  addressingStyle: 'string',
} as const

const location = {
  archiveLogs: '*bool',
  s3: '*S3Artifact',
  git: '~git artifacts',
  http: '*HTTPArtifact',
  artifactory: '~Artifactory artifacts',
  hdfs: '~HDFS artifacts',
  raw: '*RawArtifact',
  oss: '~OSS artifacts',
  gcs: '~GCS artifacts',
  azure: '~Azure artifacts',
  plugin: '~artifact plugins',
} as const

export const argoArtifact = {
  Artifact: {
    name: '!string',
    path: 'string',
    mode: '*int32',
    from: 'string',
    ...location,
    globalName: 'string',
    archive: '*ArchiveStrategy',
    optional: 'bool',
    subPath: 'string',
    recurseMode: 'bool',
    fromExpression: '~expressions',
    artifactGC: '~artifact garbage collection',
    deleted: '~artifact garbage collection',
  },
  ArtifactLocation: location,
  S3Artifact: { ...s3Bucket, key: 'string' },
  CreateS3BucketOptions: { objectLocking: 'bool' },
  S3EncryptionOptions: {
    kmsKeyId: 'string',
    kmsEncryptionContext: 'string',
    enableEncryption: 'bool',
    serverSideCustomerKeySecret: '*SecretKeySelector',
  },
  HTTPArtifact: {
    url: '!string',
    headers: '[]Header',
    auth: '*HTTPAuth',
    saveStreamViaFile: 'bool',
  },
  Header: { name: '!string', value: '!string' },
  HTTPAuth: {
    clientCert: 'ClientCertAuth',
    oauth2: 'OAuth2Auth',
    basicAuth: 'BasicAuth',
  },
  ClientCertAuth: { clientCertSecret: '*SecretKeySelector', clientKeySecret: '*SecretKeySelector' },
  OAuth2Auth: {
    clientIDSecret: '*SecretKeySelector',
    clientSecretSecret: '*SecretKeySelector',
    tokenURLSecret: '*SecretKeySelector',
    scopes: '[]string',
    endpointParams: '[]OAuth2EndpointParam',
  },
  OAuth2EndpointParam: { key: '!string', value: 'string' },
  BasicAuth: { usernameSecret: '*SecretKeySelector', passwordSecret: '*SecretKeySelector' },
  RawArtifact: { data: '!string' },
  ArchiveStrategy: { tar: '*TarStrategy', none: '*NoneStrategy', zip: '*ZipStrategy' },
  TarStrategy: { compressionLevel: '*int32' },
  NoneStrategy: {},
  ZipStrategy: {},
  ArtifactRepositoryRef: { configMap: 'string', key: 'string' },
} as const satisfies StructTable
