// The certificates of the system, where Go programs look for them; the runtime by itself would use its own list.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment } from '../environment.ts'

const files = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
]
const directories = ['/etc/ssl/certs', '/etc/pki/tls/certs']

/**
 * PEM texts of the trusted roots: SSL_CERT_FILE and SSL_CERT_DIR (several, colon separated) when set, else the first
 * bundle that is there, else the folders. Undefined when nothing was found: then the runtime's own list serves.
 */
export function systemTrust(env: Environment): string[] | undefined {
  const pem: string[] = []
  for (const file of env['SSL_CERT_FILE'] ? [env['SSL_CERT_FILE']] : files) {
    const text = read(file)
    if (text === undefined) continue
    pem.push(text)
    break
  }
  const named = env['SSL_CERT_DIR']
  // A bundle holds what the folders hold; reading hundreds of files again would only cost start-up time.
  if (named || pem.length === 0)
    for (const directory of named ? named.split(':') : directories) pem.push(...readAll(directory))
  return pem.length > 0 ? pem : undefined
}

function readAll(directory: string): string[] {
  try {
    return readdirSync(directory).flatMap((name) => read(join(directory, name)) ?? [])
  } catch {
    return []
  }
}

function read(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8')
    return text.includes('-----BEGIN ') ? text : undefined
  } catch {
    return undefined
  }
}
