// The formats of `workflow.creationTimestamp.*`: a small strftime over a time that is already in its zone.

/** The wall clock of one moment in one zone. */
export interface WallTime {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly millisecond: number
  /** Short name of the zone, e.g. UTC. */
  readonly zone: string
  readonly offsetMinutes: number
}

/** The letters that `workflow.creationTimestamp.<letter>` exists for (spec controller 3.8). */
export const strftimeLetters = [
  'B',
  'b',
  'm',
  'A',
  'a',
  'd',
  'H',
  'I',
  'M',
  'S',
  'Y',
  'y',
  'p',
  'Z',
  'z',
  'L',
] as const

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const

/** A directive that is not known stays as it is, and so does a lone `%` at the end. */
export function strftime(format: string, time: WallTime): string {
  return format.replace(/%(.)/gsu, (directive, letter: string) => directives[letter]?.(time) ?? directive)
}

/** `workflow.creationTimestamp` and everything below it, for a workflow created at `date`; the zone is UTC. */
export function creationTimestampVariables(date: Date): Record<string, string> {
  const time = utcWallTime(date)
  const rfc3339 = strftime('%Y-%m-%dT%H:%M:%SZ', time)
  const variables: Record<string, string> = {
    'workflow.creationTimestamp': rfc3339,
    'workflow.creationTimestamp.RFC3339': rfc3339,
    'workflow.creationTimestamp.s': String(Math.floor(date.getTime() / 1000)),
  }
  for (const letter of strftimeLetters) {
    variables[`workflow.creationTimestamp.${letter}`] = strftime(`%${letter}`, time)
  }
  return variables
}

/** The wall clock of `date` in UTC. */
export function utcWallTime(date: Date): WallTime {
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    millisecond: date.getUTCMilliseconds(),
    zone: 'UTC',
    offsetMinutes: 0,
  }
}

const directives: Readonly<Record<string, (time: WallTime) => string>> = {
  B: (time) => months[time.month - 1] ?? '',
  b: (time) => (months[time.month - 1] ?? '').slice(0, 3),
  m: (time) => pad(time.month, 2),
  A: (time) => weekday(time),
  a: (time) => weekday(time).slice(0, 3),
  d: (time) => pad(time.day, 2),
  H: (time) => pad(time.hour, 2),
  I: (time) => pad(time.hour % 12 === 0 ? 12 : time.hour % 12, 2),
  M: (time) => pad(time.minute, 2),
  S: (time) => pad(time.second, 2),
  Y: (time) => pad(time.year, 4),
  y: (time) => pad(time.year % 100, 2),
  p: (time) => (time.hour < 12 ? 'AM' : 'PM'),
  Z: (time) => time.zone,
  z: (time) => offset(time.offsetMinutes),
  L: (time) => `.${pad(time.millisecond, 3)}`,
  '%': () => '%',
}

function offset(minutes: number): string {
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60), 2)}${pad(size % 60, 2)}`
}

function weekday(time: WallTime): string {
  const date = new Date(0)
  // Date.UTC would move the years 0 to 99 into the last century.
  date.setUTCFullYear(time.year, time.month - 1, time.day)
  return weekdays[date.getUTCDay()] ?? ''
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0')
}
