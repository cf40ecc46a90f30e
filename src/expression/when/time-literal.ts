// Strings of a `when` text that are dates: they compare as seconds since 1970, so '2024-01-02' > '2023-12-31'.

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const day = String.raw`(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})`
const clock = String.raw`(?<hour>\d{2}):(?<minute>\d{2}):(?<second>\d{2})(?:[.,]\d+)?`
const names = String.raw`(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?<name>[A-Z][a-z]{2})`

const formats: readonly RegExp[] = [
  new RegExp(String.raw`^${names} {1,2}(?<day>\d{1,2}) ${clock} (?<year>\d{4})$`),
  new RegExp(String.raw`^${names} {1,2}(?<day>\d{1,2}) ${clock} (?:UTC|GMT) (?<year>\d{4})$`),
  new RegExp(String.raw`^${names} (?<day>\d{2}) ${clock} (?<zone>[+-]\d{4}) (?<year>\d{4})$`),
  /^(?<hour>\d{1,2}):(?<minute>\d{2})(?<half>AM|PM)$/,
  new RegExp(`^${day}$`),
  new RegExp(String.raw`^${day} (?<hour>\d{2}):(?<minute>\d{2})$`),
  new RegExp(String.raw`^${day} ${clock}(?<zone>[+-]\d{2}:\d{2})?$`),
  new RegExp(String.raw`^${day}T(?<hour>\d{2})(?<zone>Z|[+-]\d{4})$`),
  new RegExp(String.raw`^${day}T(?<hour>\d{2}):(?<minute>\d{2})(?<zone>Z|[+-]\d{4})$`),
  new RegExp(String.raw`^${day}T${clock}(?<zone>Z|[+-]\d{2}:?\d{2})$`),
]

/** Seconds since 1970 of a text in one of the formats that are dates, in UTC when it names no zone. */
export function parseTimeLiteral(text: string): number | undefined {
  for (const format of formats) {
    const groups = format.exec(text)?.groups
    if (groups !== undefined) return seconds(groups)
  }
  return undefined
}

function seconds(groups: Readonly<Record<string, string | undefined>>): number | undefined {
  const month =
    groups['name'] === undefined ? Number(groups['month'] ?? 1) : months.indexOf(groups['name']) + 1
  const dayOfMonth = Number(groups['day'] ?? 1)
  const hour = hour24(Number(groups['hour'] ?? 0), groups['half'])
  const minute = Number(groups['minute'] ?? 0)
  const second = Number(groups['second'] ?? 0)
  if (hour > 23 || minute > 59 || second > 59) return undefined
  const date = new Date(0)
  date.setUTCFullYear(Number(groups['year'] ?? 0), month - 1, dayOfMonth)
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== dayOfMonth) return undefined
  date.setUTCHours(hour, minute, second)
  return date.getTime() / 1000 - zoneSeconds(groups['zone'])
}

function hour24(hour: number, half: string | undefined): number {
  if (half === undefined) return hour
  if (hour < 1 || hour > 12) return Number.POSITIVE_INFINITY
  return (hour % 12) + (half === 'PM' ? 12 : 0)
}

function zoneSeconds(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0
  const digits = zone.slice(1).replace(':', '')
  const size = Number(digits.slice(0, 2)) * 3600 + Number(digits.slice(2)) * 60
  return zone.startsWith('-') ? -size : size
}
