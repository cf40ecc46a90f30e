// Where the requests of a bucket go: scheme, host and path by endpoint, region and addressing style.

import { ArgoError } from '../../src/errors/argo-error.ts'
import type { S3Bucket } from '../../src/spec/types.ts'
import { encodeRfc3986 } from '../../src/util/sigv4.ts'

export interface S3Endpoint {
  /** `https://host[:port]`. */
  originFor(region: string): string
  /** Path on the wire of a key, or of the bucket itself. */
  pathOf(key?: string): string
  readonly secure: boolean
  /** Region that the endpoint's name tells. */
  readonly region?: string
}

/**
 * Rules as in minio-go: the endpoint is a host without scheme; style auto means virtual-hosted where the host is known
 * to serve it and the bucket's name can be a host name, else path. Throws ERR_BAD_REQUEST.
 */
export function s3Endpoint(place: S3Bucket): S3Endpoint {
  const { endpoint = '', bucket = '', insecure = false, addressingStyle = '' } = place
  if (endpoint === '') throw bad('the endpoint is empty: set s3.endpoint to HOST[:PORT]')
  if (endpoint.includes('/'))
    throw bad(`the endpoint ${JSON.stringify(endpoint)} must be HOST[:PORT] without scheme or path`)
  if (!URL.canParse(`http://${endpoint}`))
    throw bad(`the endpoint ${JSON.stringify(endpoint)} is not HOST[:PORT]`)
  if (bucket === '') throw bad('the bucket is empty: set s3.bucket')
  const scheme = insecure ? 'http' : 'https'
  const virtual = isVirtual(addressingStyle, endpoint, bucket, !insecure)
  const region = regionOf(endpoint)
  return {
    secure: !insecure,
    ...(region === undefined ? {} : { region }),
    originFor: (wanted) => {
      // A global name of AWS answers with a redirect for buckets elsewhere; the regional one answers itself.
      const host =
        endpoint === 's3.amazonaws.com' && wanted !== 'us-east-1' ? `s3.${wanted}.amazonaws.com` : endpoint
      return `${scheme}://${virtual ? `${bucket}.` : ''}${host}`
    },
    pathOf: (key) => {
      const start = virtual ? '/' : `/${encodeRfc3986(bucket)}${key === undefined ? '' : '/'}`
      return start + (key ?? '').split('/').map(encodeRfc3986).join('/')
    },
  }
}

function isVirtual(style: string, endpoint: string, bucket: string, secure: boolean): boolean {
  if (style === 'path') return false
  if (style === 'virtual-hosted') return true
  if (style !== '')
    throw bad(`addressingStyle is ${JSON.stringify(style)}: it must be empty, "path" or "virtual-hosted"`)
  const known =
    /(^|\.)(amazonaws\.com(\.cn)?|aliyuncs\.com)$/.test(endpoint) || endpoint === 'storage.googleapis.com'
  // A certificate for *.host does not cover names with further dots.
  return known && /^[a-z0-9][a-z0-9.-]+[a-z0-9]$/.test(bucket) && !(secure && bucket.includes('.'))
}

function regionOf(endpoint: string): string | undefined {
  return /(?:^|\.)s3[.-](?:dualstack\.|fips\.)?([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com/.exec(endpoint)?.[1]
}

function bad(message: string): ArgoError {
  return new ArgoError(message, { code: 'ERR_BAD_REQUEST' })
}
