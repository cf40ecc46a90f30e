// Reads kubeconfig files with all their ways to log in, by the library of the Kubernetes project; the only user of it.

import type { RequestOptions } from 'node:https'
import { KubeConfig as ConfigFile } from '@kubernetes/client-node'
import { ArgoError, errorMessage } from '../errors/argo-error.ts'
import type { KubeConfig } from './kube-config.ts'

/** Log-in programs and token files are asked again after this time; the library itself knows how long a token lasts. */
const askAgainMs = 10_000

/** Throws ERR_INVALID_INPUT when a file is malformed or the context leads to no cluster. */
export async function readKubeConfigFiles(files: readonly string[], context?: string): Promise<KubeConfig> {
  const file = new ConfigFile()
  for (const [index, path] of files.entries()) {
    const next = index === 0 ? file : new ConfigFile()
    try {
      next.loadFromFile(path)
    } catch (error) {
      throw invalid(`read the kubeconfig ${path}: ${errorMessage(error)}`, error)
    }
    if (next !== file) file.mergeConfig(next, true)
  }
  if (context !== undefined) file.setCurrentContext(context)
  const where = `context ${JSON.stringify(file.currentContext)} of ${files.join(', ')}`
  const cluster = file.getCurrentCluster()
  if (cluster === null) {
    const known = file.getContexts().map(({ name }) => name)
    throw invalid(`${where} leads to no cluster; contexts there: ${known.join(', ') || 'none'}`)
  }
  if (cluster.proxyUrl?.startsWith('socks') === true)
    throw invalid(`${where}: SOCKS proxies are not supported, use an HTTP proxy`)
  const options = await logIn(file, where)
  const namespace = file.getContextObject(file.currentContext)?.namespace
  const user = file.getCurrentUser()
  const dynamic = user?.exec !== undefined || user?.authProvider !== undefined
  return {
    server: cluster.server,
    ...(namespace === undefined ? {} : { namespace }),
    ...pem('ca', options.ca),
    ...pem('cert', options.cert),
    ...pem('key', options.key),
    ...(cluster.tlsServerName === undefined ? {} : { serverName: cluster.tlsServerName }),
    ...(cluster.skipTLSVerify ? { insecureSkipVerify: true } : {}),
    ...(cluster.proxyUrl === undefined ? {} : { proxyUrl: cluster.proxyUrl }),
    authorize: headersSource(file, where, headersOf(options), dynamic),
  }
}

function headersSource(
  file: ConfigFile,
  where: string,
  first: Record<string, string>,
  dynamic: boolean,
): () => Promise<Record<string, string>> {
  let headers = first
  let askedAt = performance.now()
  return async () => {
    if (!dynamic || performance.now() - askedAt < askAgainMs) return headers
    askedAt = performance.now()
    headers = headersOf(await logIn(file, where))
    return headers
  }
}

async function logIn(file: ConfigFile, where: string): Promise<RequestOptions> {
  const options: RequestOptions = {}
  try {
    await file.applyToHTTPSOptions(options)
  } catch (error) {
    throw invalid(`log in with ${where}: ${errorMessage(error)}`, error)
  }
  return options
}

function headersOf(options: RequestOptions): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (typeof value === 'string') headers[name.toLowerCase()] = value
  }
  if (typeof options.auth === 'string')
    headers['authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`
  return headers
}

function pem(name: 'ca' | 'cert' | 'key', value: unknown): Record<string, string> {
  return typeof value === 'string' || Buffer.isBuffer(value) ? { [name]: value.toString() } : {}
}

function invalid(message: string, cause?: unknown): ArgoError {
  return new ArgoError(message, { code: 'ERR_INVALID_INPUT', cause })
}
