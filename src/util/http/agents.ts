// Kept connections for each way that a request can take: direct or by proxy, plain or encrypted.

import { Agent as HttpAgent, type AgentOptions } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { HttpOptions } from '../http.ts'
import { proxyFor } from './proxy.ts'
import { systemTrust } from './trust.ts'

export interface Agents {
  agentFor(url: URL): HttpAgent
  close(): void
}

export function createAgents(options: HttpOptions): Agents {
  const agents = new Map<string, HttpAgent>()
  // Reading the roots takes milliseconds, so only when something is encrypted, and once.
  let secureContext: SecureContext | undefined
  const make = (url: URL, proxy: string | undefined): HttpAgent => {
    const shared: AgentOptions = {
      keepAlive: true,
      maxSockets: options.maxSockets ?? 64,
      maxFreeSockets: 16,
      scheduling: 'lifo',
      // The runtime knows how to tunnel; which hosts go by proxy is decided here, by Go's rules.
      ...(proxy === undefined ? {} : { proxyEnv: { HTTP_PROXY: proxy, HTTPS_PROXY: proxy } }),
    }
    if (url.protocol !== 'https:') return new HttpAgent(shared)
    return new HttpsAgent({
      ...shared,
      secureContext: (secureContext ??= makeSecureContext(options)),
      rejectUnauthorized: options.insecureSkipVerify !== true,
      ...(options.serverName === undefined ? {} : { servername: options.serverName }),
    })
  }
  return {
    agentFor: (url) => {
      const proxy = proxyFor(url, options.env)
      const id = `${url.protocol} ${proxy ?? ''}`
      const agent = agents.get(id) ?? make(url, proxy)
      agents.set(id, agent)
      return agent
    },
    close: () => {
      for (const agent of agents.values()) agent.destroy()
    },
  }
}

function makeSecureContext({ env, ca, cert, key }: HttpOptions): SecureContext {
  const roots = ca === undefined ? systemTrust(env) : [ca]
  return createSecureContext({
    ...(roots === undefined ? {} : { ca: roots }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  })
}
