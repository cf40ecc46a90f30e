// Makes sure that one controller works at a time: by a Lease that the one holds and the others wait for.

import { errorMessage } from '../../src/errors/argo-error.ts'
import { isAlreadyExists, isConflict, isNotFound } from '../../src/kube/kube-error.ts'
import { isTransient } from '../../src/kube/transient.ts'
import { sleep } from '../../src/util/sleep.ts'
import type { KubeApi, KubeObject, Resource } from '../../src/kube/api.ts'
import type { Logger } from '../../src/log/logger.ts'

export interface LeaseOptions {
  readonly api: KubeApi
  readonly namespace: string
  readonly name: string
  readonly identity: string
  readonly enabled: boolean
  readonly log: Logger
  readonly signal: AbortSignal
}

export interface HeldLease {
  /** Aborted when the controller shall end or has lost the lease. */
  readonly signal: AbortSignal
  readonly lost: boolean
  /** Resolves when the lease is given back. */
  readonly ended: Promise<void>
}

interface Lease extends KubeObject {
  readonly spec?: {
    readonly holderIdentity?: string
    readonly leaseDurationSeconds?: number
    readonly acquireTime?: string
    readonly renewTime?: string
    readonly leaseTransitions?: number
  }
}

const leases: Resource = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases', kind: 'Lease' }

/** Spec controller 1.7. */
const durationSeconds = 15
/** Without a renewal for so long the lease counts as lost, while others still honour it. */
const renewDeadlineMs = 10_000
const retryMs = 2_000

/** Waits until the lease is free. Resolves with a signal that ends when it is lost. */
export async function holdLease(options: LeaseOptions): Promise<HeldLease> {
  const { signal, log, identity } = options
  if (!options.enabled) return { signal, lost: false, ended: Promise.resolve() }
  let told: string | undefined
  const observed: Observed = { version: undefined, at: 0 }
  for (;;) {
    const holder = await tryToTake(options, observed)
    if (holder === identity) break
    if (holder !== told)
      log.info('another controller is at work, waiting for its lease', { holder, lease: options.name })
    told = holder
    await sleep(retryMs, signal)
  }
  log.info('holding the lease', { lease: options.name, identity })
  return keep(options, observed)
}

function keep(options: LeaseOptions, observed: Observed): HeldLease {
  const { signal, log, identity } = options
  const loss = new AbortController()
  const held = { signal: AbortSignal.any([signal, loss.signal]), lost: false, ended: Promise.resolve() }
  const renew = async (): Promise<void> => {
    let renewedAt = performance.now()
    while (!signal.aborted) {
      const interrupted = await sleep(retryMs, signal).then(
        () => false,
        () => true,
      )
      if (interrupted) break
      const holder = await tryToTake(options, observed).catch((error: unknown) => {
        log.warn('could not renew the lease', { error: errorMessage(error) })
        return undefined
      })
      if (holder === identity) renewedAt = performance.now()
      else if (holder !== undefined || performance.now() - renewedAt > renewDeadlineMs) {
        held.lost = true
        loss.abort(new Error(`the lease ${options.name} was lost`))
        return
      }
    }
    await giveBack(options)
  }
  held.ended = renew()
  return held
}

interface Observed {
  /** Version of the other's lease, and when it was first seen: clocks of two machines need not agree. */
  version: string | undefined
  at: number
}

/** The holder after the attempt: ourselves, or who is at work. */
async function tryToTake(options: LeaseOptions, observed: Observed): Promise<string> {
  const { api, namespace, name, identity, signal } = options
  try {
    const lease = await read(options)
    if (lease === undefined) {
      await api.create<Lease>(
        leases,
        namespace,
        {
          apiVersion: 'coordination.k8s.io/v1',
          kind: 'Lease',
          metadata: { name, namespace },
          spec: claim(identity, undefined),
        },
        { signal },
      )
      return identity
    }
    const holder = lease.spec?.holderIdentity ?? ''
    if (holder !== '' && holder !== identity && !hasExpired(lease, observed)) return holder
    await api.update<Lease>(leases, namespace, { ...lease, spec: claim(identity, lease) }, { signal })
    return identity
  } catch (error) {
    if (isConflict(error) || isAlreadyExists(error)) return 'another that was quicker'
    if (isTransient(error)) return 'unknown: the API does not answer'
    throw error
  }
}

function hasExpired(lease: Lease, observed: Observed): boolean {
  const version = lease.metadata.resourceVersion
  if (observed.version !== version) {
    observed.version = version
    observed.at = performance.now()
    return false
  }
  return performance.now() - observed.at > (lease.spec?.leaseDurationSeconds ?? durationSeconds) * 1000
}

function claim(identity: string, lease: Lease | undefined): NonNullable<Lease['spec']> {
  const now = new Date().toISOString().replace('Z', '000Z')
  const stays = lease?.spec?.holderIdentity === identity
  return {
    holderIdentity: identity,
    leaseDurationSeconds: durationSeconds,
    acquireTime: stays ? (lease?.spec?.acquireTime ?? now) : now,
    renewTime: now,
    leaseTransitions: (lease?.spec?.leaseTransitions ?? 0) + (stays ? 0 : 1),
  }
}

/** deviates: Argo lets its lease run out; given back, the next controller starts at once. */
async function giveBack(options: LeaseOptions): Promise<void> {
  const { api, namespace, identity } = options
  try {
    const lease = await read({ ...options, signal: AbortSignal.timeout(5_000) })
    if (lease?.spec?.holderIdentity !== identity) return
    await api.update<Lease>(
      leases,
      namespace,
      { ...lease, spec: { ...lease.spec, holderIdentity: '' } },
      { signal: AbortSignal.timeout(5_000) },
    )
  } catch (error) {
    options.log.debug('could not give the lease back', { error: errorMessage(error) })
  }
}

async function read({ api, namespace, name, signal }: LeaseOptions): Promise<Lease | undefined> {
  try {
    return await api.get<Lease>(leases, namespace, name, { signal })
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}
