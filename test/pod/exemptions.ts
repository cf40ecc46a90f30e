// Where our pods may differ from the recorded ones, by JSON path and with the reason; each is listed in
// docs/differences.md too. The executor's image has the same name in the tests, so it needs no entry.

export interface Exemption {
  /** JSON path of the pod; list items by index, `*` for any index. */
  readonly path: string
  readonly reason: string
}

export const exemptions: readonly Exemption[] = [
  {
    path: '.metadata.annotations.workflows.argoproj.io/pod-gc-strategy',
    reason: 'podGC is not covered yet: pods stay until their workflow goes',
  },
]

/** Counts how often each exemption was used. */
export function exemptionCounter(): {
  readonly isExempt: (path: string) => boolean
  readonly used: ReadonlyMap<string, number>
} {
  const used = new Map(exemptions.map(({ path }) => [path, 0]))
  const isExempt = (path: string): boolean => {
    const found = exemptions.find((exemption) => exemption.path === path.replace(/\[\d+\]/g, '[*]'))
    if (found !== undefined) used.set(found.path, (used.get(found.path) ?? 0) + 1)
    return found !== undefined
  }
  return { isExempt, used }
}
