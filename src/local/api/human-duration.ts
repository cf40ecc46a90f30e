// Ages as kubectl shows them: two units at most, fewer as they grow.

const minute = 60
const hour = 60 * minute
const day = 24 * hour
const year = 365 * day

/** `<unknown>` for a time that is none. */
export function durationSince(time: string | undefined, now: Date): string {
  const seconds = Math.floor((now.getTime() - Date.parse(time ?? '')) / 1000)
  return Number.isNaN(seconds) ? '<unknown>' : humanDuration(Math.max(0, seconds))
}

/** parity: the steps are those of Kubernetes, so that columns look alike. */
export function humanDuration(seconds: number): string {
  if (seconds < 2 * minute) return `${seconds}s`
  if (seconds < 10 * minute) return two(seconds, minute, 'm', 1, 's')
  if (seconds < 3 * hour) return `${Math.floor(seconds / minute)}m`
  if (seconds < 8 * hour) return two(seconds, hour, 'h', minute, 'm')
  if (seconds < 2 * day) return `${Math.floor(seconds / hour)}h`
  if (seconds < 8 * day) return two(seconds, day, 'd', hour, 'h')
  if (seconds < 2 * year) return `${Math.floor(seconds / day)}d`
  if (seconds < 8 * year) return two(seconds, year, 'y', day, 'd')
  return `${Math.floor(seconds / year)}y`
}

function two(seconds: number, large: number, unit: string, small: number, smallUnit: string): string {
  const rest = Math.floor((seconds % large) / small)
  return `${Math.floor(seconds / large)}${unit}${rest === 0 ? '' : `${rest}${smallUnit}`}`
}
