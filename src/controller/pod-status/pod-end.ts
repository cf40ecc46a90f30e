// How and when the containers of a pod have ended.

import { containers } from '../../pod/names.ts'
import type { Pod } from '../pod/pod-types.ts'

/** Exit code of main, once it has ended. */
export function exitCodeOf({ status }: Pod): number | undefined {
  return status?.containerStatuses?.find(({ name }) => name === containers.main)?.state?.terminated?.exitCode
}

/** RFC 3339: the end of the container that ended last; `now` while one still runs or when nothing is known. */
export function finishedAtOf({ status }: Pod, now: Date): string {
  const states = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].map(
    ({ state }) => state,
  )
  const ends = states.flatMap((state) => state?.terminated?.finishedAt ?? [])
  const latest = ends.toSorted((a, b) => Date.parse(a) - Date.parse(b)).at(-1)
  if (latest === undefined || states.some((state) => state?.running !== undefined)) {
    return now.toISOString().replace(/\.\d{3}Z$/, 'Z')
  }
  return latest
}
