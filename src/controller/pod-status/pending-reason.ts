// What a pod that has not started is waiting for.

import type { Pod } from '../pod/pod-types.ts'

/** `reason[: message]` of the first waiting container, else of a failed scheduling; '' when nothing is known. */
export function pendingReason({ status }: Pod): string {
  const waiting = status?.containerStatuses?.find(({ state }) => state?.waiting !== undefined)?.state?.waiting
  if (waiting !== undefined) return joined(waiting)
  const unscheduled = status?.conditions?.find(({ reason }) => reason === 'Unschedulable')
  return unscheduled === undefined ? '' : joined(unscheduled)
}

function joined({ reason = '', message }: { readonly reason?: string; readonly message?: string }): string {
  return message ? `${reason}: ${message}` : reason
}
