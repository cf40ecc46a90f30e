// Where our pods may differ from the recorded ones, by JSON path and with the reason; each is listed in
// docs/differences.md too. The executor's image has the same name in the tests, so it needs no entry.

import type { Difference } from '../rig/same-shape.ts'

export interface Exemption {
  /** JSON path of the pod; list items as `[*]`. */
  readonly path: string
  readonly reason: string
  /** Whether this pair of values is what the reason speaks of. */
  readonly accepts: (recorded: unknown, ours: unknown) => boolean
}

export const podGc: Exemption = {
  path: '.metadata.annotations.workflows.argoproj.io/pod-gc-strategy',
  reason: 'podGC is not covered yet: pods stay until their workflow goes',
  accepts: (_recorded, ours) => ours === undefined,
}

export const timeLeft: Exemption = {
  path: '.spec.activeDeadlineSeconds',
  reason:
    'what is left of the time of the workflow when the pod is made: it depends on the clock, not on the rule',
  accepts: (recorded, ours) => typeof recorded === 'number' && typeof ours === 'number' && recorded < ours,
}

export interface ExemptionCounter {
  readonly isExempt: (difference: Difference) => boolean
  /** How often each one was used, by path. */
  readonly used: ReadonlyMap<string, number>
}

export function exemptionCounter(exemptions: readonly Exemption[]): ExemptionCounter {
  const used = new Map(exemptions.map(({ path }) => [path, 0]))
  const isExempt = ({ path, recorded, ours }: Difference): boolean => {
    const generic = path.replace(/\[\d+\]/g, '[*]')
    const found = exemptions.find(
      (exemption) => exemption.path === generic && exemption.accepts(recorded, ours),
    )
    if (found !== undefined) used.set(found.path, (used.get(found.path) ?? 0) + 1)
    return found !== undefined
  }
  return { isExempt, used }
}
