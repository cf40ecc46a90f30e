// From the LOCATION of the command line to an artifact.

import { readFileSync } from 'node:fs'
import { driverNameOf } from '../../artifacts/location.ts'
import { ArgoError, errorMessage } from '../../src/errors/argo-error.ts'
import type { ArchiveStrategy, Artifact } from '../../src/spec/types.ts'
import type { Environment } from '../../src/util/environment.ts'

export interface LocationFlags {
  /** `HOST[:PORT]` or a URL, whose scheme then decides about TLS. */
  readonly endpoint?: string | undefined
  readonly region?: string | undefined
  readonly insecure?: boolean | undefined
  readonly archive?: string | undefined
  readonly env: Environment
}

/** Name of a Secret that stands for the environment: no Secret can have it. */
export const environmentSecret = '$environment'

/** Throws ERR_USAGE for what is no location. */
export async function parseLocation(text: string, flags: LocationFlags): Promise<Artifact> {
  const artifact = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? fromUrl(text, flags) : await fromText(text)
  const archive = flags.archive === undefined ? {} : { archive: strategy(flags.archive) }
  return { ...artifact, ...archive }
}

function fromUrl(text: string, flags: LocationFlags): Artifact {
  const shared = { name: 'artifact', archive: { none: {} } }
  if (/^https?:\/\//i.test(text)) return { ...shared, http: { url: text } }
  const match = /^s3:\/\/([^/]+)\/(.+)$/s.exec(text)
  if (match === null) throw usage(`${text} is no location: s3://BUCKET/KEY or http(s)://…`)
  const [, bucket = '', key = ''] = match
  const { env } = flags
  const { endpoint, insecure } = endpointOf(flags)
  const region = flags.region ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION']
  return {
    ...shared,
    s3: {
      endpoint,
      bucket,
      key,
      insecure,
      ...(region === undefined ? {} : { region }),
      ...(env['AWS_ACCESS_KEY_ID'] && env['AWS_SECRET_ACCESS_KEY'] ? keysFrom(env) : {}),
    },
  }
}

function endpointOf({ endpoint: flag, insecure = false, env }: LocationFlags): {
  readonly endpoint: string
  readonly insecure: boolean
} {
  const endpoint = flag ?? env['AWS_ENDPOINT_URL_S3'] ?? env['AWS_ENDPOINT_URL'] ?? 's3.amazonaws.com'
  const match = /^(https?):\/\/([^/]+)\/?$/i.exec(endpoint)
  if (match === null) return { endpoint, insecure }
  return { endpoint: match[2] ?? '', insecure: match[1]?.toLowerCase() === 'http' }
}

function keysFrom(env: Environment): object {
  const selector = (key: string): object => ({ name: environmentSecret, key })
  return {
    accessKeySecret: selector('AWS_ACCESS_KEY_ID'),
    secretKeySecret: selector('AWS_SECRET_ACCESS_KEY'),
    ...(env['AWS_SESSION_TOKEN'] ? { sessionTokenSecret: selector('AWS_SESSION_TOKEN') } : {}),
  }
}

async function fromText(text: string): Promise<Artifact> {
  const source = text.startsWith('@') ? readText(text.slice(1)) : text
  const where = text.startsWith('@') ? text.slice(1) : 'the location'
  const value = source.trimStart().startsWith('{') ? parseJson(source, where) : await parseYaml(source, where)
  const { decodeStruct } = await import('../../src/spec/decode.ts')
  const { value: artifact, problems } = decodeStruct<Artifact>('Artifact', value)
  const wrong = problems.find(({ level }) => level !== 'warning')
  if (wrong !== undefined)
    throw usage(`${where} is no artifact: ${wrong.path === '' ? '' : `${wrong.path} `}${wrong.message}`)
  if (driverNameOf(artifact) === undefined)
    throw usage(`${where} names no store: an artifact has s3, http or raw`)
  return { ...artifact, name: artifact.name || 'artifact' }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw usage(`read the artifact from ${path}: ${errorMessage(error)}`)
  }
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw usage(`${where} is no JSON: ${errorMessage(error)}`)
  }
}

async function parseYaml(text: string, where: string): Promise<unknown> {
  const { parseManifests } = await import('../../src/spec/manifest/parse-manifests.ts')
  const { documents, problems } = parseManifests(text, where)
  const [document, ...others] = documents
  if (document === undefined || others.length > 0)
    throw usage(`${where} is no artifact: ${problems[0]?.message ?? 'it holds several documents'}`)
  return document.value
}

function strategy(name: string): ArchiveStrategy {
  if (name === 'none') return { none: {} }
  if (name === 'tar') return { tar: {} }
  if (name === 'zip') return { zip: {} }
  throw usage(`--archive is ${JSON.stringify(name)}: none, tar or zip`)
}

function usage(message: string): ArgoError {
  return new ArgoError(message, { code: 'ERR_USAGE' })
}
