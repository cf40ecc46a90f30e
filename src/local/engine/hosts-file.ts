// /etc/hosts of a pod that has hostAliases: the machine's own, and the names that the pod adds.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BoxMount } from '../box/box-spec.ts'
import type { HostAlias } from './pod.ts'

/** Nothing for a pod without aliases: its containers see the machine's. Writes the file into `folder`. */
export function hostsFile(aliases: readonly HostAlias[] | undefined, folder: string): readonly BoxMount[] {
  if (aliases === undefined || aliases.length === 0) return []
  const source = join(folder, 'hosts')
  const lines = aliases.map(({ ip, hostnames = [] }) => `${ip}\t${hostnames.join('\t')}\n`)
  writeFileSync(source, `${readHosts()}\n# hostAliases of the pod\n${lines.join('')}`, { mode: 0o644 })
  return [{ source, target: '/etc/hosts', type: 'file', readOnly: true }]
}

function readHosts(): string {
  try {
    return readFileSync('/etc/hosts', 'utf8')
  } catch {
    return '127.0.0.1\tlocalhost\n'
  }
}
