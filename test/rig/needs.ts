// What a test needs beyond Node and Linux. A test whose needs are not met is skipped, and its name says why, so that
// the reason shows in every report.

import { accessSync, constants } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { describe, test } from 'vitest'
import { sharedDir } from './shared.ts'

export interface Needs {
  readonly root?: boolean
  /** A cluster that KUBECONFIG names. */
  readonly cluster?: boolean
  /** The conformance corpus. */
  readonly shared?: boolean
  /** A real S3 server: S3_ENDPOINT, S3_ACCESS_KEY, S3_SECRET_KEY. */
  readonly s3?: boolean
  /** Programs on the PATH. */
  readonly programs?: readonly string[]
  /** User and mount namespaces for an ordinary user. */
  readonly namespaces?: boolean
}

/** Why these needs are not met, or undefined when they are. */
function unmet(needs: Needs): string | undefined {
  const { env } = process
  if (needs.root && process.getuid?.() !== 0) return 'needs root'
  if (needs.cluster && !env['KUBECONFIG']) return 'needs a cluster, KUBECONFIG is not set'
  if (needs.shared && sharedDir() === undefined) return 'needs the conformance corpus in ../shared'
  if (needs.s3 && !env['S3_ENDPOINT']) return 'needs a real S3 server, S3_ENDPOINT is not set'
  for (const program of needs.programs ?? []) {
    if (!onPath(program)) return `needs the program ${program}`
  }
  if (needs.namespaces && !hasNamespaces()) return 'needs user namespaces, the kernel refuses them'
  return undefined
}

/** Whether steps get a view of their own; without one they share the paths of this machine. */
export function hasNamespaces(): boolean {
  return spawnSync('unshare', ['-Urmpf', 'true']).status === 0
}

/** `describe`; when the needs are not met, one skipped test stands for all, with the reason in its name. */
export function describeNeeding(needs: Needs, name: string, body: () => void): void {
  const reason = unmet(needs)
  if (reason === undefined) describe(name, body)
  else test.skip(`${name} [skipped: ${reason}]`, () => {})
}

function onPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => {
    try {
      accessSync(`${folder}/${program}`, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
