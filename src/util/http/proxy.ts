// Which proxy a request goes through, by the environment variables that administrators set for Go programs.

import { BlockList, isIP, isIPv6 } from 'node:net'
import type { Environment } from '../environment.ts'

/**
 * The proxy for `url`, or undefined for a direct connection. Rules as in Go's httpproxy: HTTP_PROXY for http,
 * HTTPS_PROXY for https, lower-case names as well; NO_PROXY holds `*`, host names (which cover their sub-domains),
 * `.suffix`, addresses, networks in CIDR form, each with an optional port; this machine is never asked for by proxy.
 */
export function proxyFor(url: URL, env: Environment): string | undefined {
  const proxy = url.protocol === 'https:' ? read(env, 'HTTPS_PROXY') : read(env, 'HTTP_PROXY')
  if (proxy === undefined) return undefined
  const host = url.hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase()
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  if (isThisMachine(host)) return undefined
  const rules = (read(env, 'NO_PROXY') ?? '').split(',').map((rule) => rule.trim().toLowerCase())
  if (rules.some((rule) => rule !== '' && covers(rule, host, port))) return undefined
  return proxy.includes('://') ? proxy : `http://${proxy}`
}

function read(env: Environment, name: string): string | undefined {
  return env[name] || env[name.toLowerCase()] || undefined
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

function covers(rule: string, host: string, port: string): boolean {
  if (rule === '*') return true
  if (rule.includes('/')) return inNetwork(rule, host)
  const { name, rulePort } = splitPort(rule)
  if (rulePort !== undefined && rulePort !== port) return false
  if (isIP(name) !== 0) return name === host
  if (name.startsWith('*.')) return host.endsWith(name.slice(1))
  if (name.startsWith('.')) return host.endsWith(name)
  return host === name || host.endsWith(`.${name}`)
}

function splitPort(rule: string): { readonly name: string; readonly rulePort?: string } {
  if (isIPv6(rule)) return { name: rule }
  const match = /^\[?(.*?)\]?(?::(\d+))?$/.exec(rule)
  const name = match?.[1] ?? rule
  return match?.[2] === undefined ? { name } : { name, rulePort: match[2] }
}

function inNetwork(rule: string, host: string): boolean {
  const [network = '', bits = ''] = rule.split('/')
  const family = isIP(network)
  const prefix = Number(bits)
  if (family === 0 || isIP(host) !== family || !/^\d+$/.test(bits) || prefix > (family === 4 ? 32 : 128))
    return false
  const type = family === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  list.addSubnet(network, prefix, type)
  return list.check(host, type)
}
