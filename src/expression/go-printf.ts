// `fmt.Sprintf(format, integer)` of Go, for the format of `withSequence`.

interface Flags {
  readonly minus: boolean
  readonly plus: boolean
  readonly space: boolean
  readonly zero: boolean
  readonly sharp: boolean
}

/** Formats one integer. Verbs that do not fit, and missing or extra arguments, print as Go prints them. */
export function sprintfInteger(format: string, value: number): string {
  let used = false
  let result = ''
  const directive = /%([-+ #0]*)(\d*)(?:\.(\d*))?(.)?|[^%]+/gsu
  for (const match of format.matchAll(directive)) {
    const [text, flags = '', width = '', precision, verb] = match
    if (!text.startsWith('%')) result += text
    else if (verb === undefined) result += '%!(NOVERB)'
    else if (verb === '%') result += '%'
    else if (used) result += `%!${verb}(MISSING)`
    else {
      used = true
      const limits = {
        width: Number(width),
        precision: precision === undefined ? undefined : Number(precision),
      }
      result += formatVerb(verb, value, parseFlags(flags), limits)
    }
  }
  return used ? result : `${result}%!(EXTRA int=${value})`
}

function formatVerb(
  verb: string,
  value: number,
  flags: Flags,
  limits: { readonly width: number; readonly precision: number | undefined },
): string {
  switch (verb) {
    case 'd':
    case 'v':
      return number(value, 10, '', flags, limits)
    case 'x':
      return number(value, 16, flags.sharp ? '0x' : '', flags, limits)
    case 'X':
      return number(value, 16, flags.sharp ? '0X' : '', flags, limits).toUpperCase()
    case 'o':
      return number(value, 8, flags.sharp ? '0' : '', flags, limits)
    case 'O':
      return number(value, 8, '0o', flags, limits)
    case 'b':
      return number(value, 2, flags.sharp ? '0b' : '', flags, limits)
    case 'c':
      return pad(character(value), limits.width, flags)
    case 'q':
      return pad(quotedCharacter(value), limits.width, flags)
    case 'U':
      return pad(`U+${value.toString(16).toUpperCase().padStart(4, '0')}`, limits.width, flags)
    case 'T':
      return pad('int', limits.width, flags)
    default:
      return `%!${verb}(int=${value})`
  }
}

function number(
  value: number,
  base: number,
  prefix: string,
  flags: Flags,
  limits: { readonly width: number; readonly precision: number | undefined },
): string {
  const { width, precision } = limits
  const sign = value < 0 ? '-' : flags.plus ? '+' : flags.space ? ' ' : ''
  let digits = value === 0 && precision === 0 ? '' : Math.abs(value).toString(base)
  if (precision !== undefined) digits = digits.padStart(precision, '0')
  else if (flags.zero && !flags.minus) digits = digits.padStart(width - sign.length, '0')
  return pad(sign + prefix + digits, width, flags)
}

function pad(text: string, width: number, flags: Flags): string {
  return flags.minus ? text.padEnd(width) : text.padStart(width)
}

function character(value: number): string {
  return isCharacter(value) ? String.fromCodePoint(value) : '\ufffd'
}

function quotedCharacter(value: number): string {
  const text = character(value)
  const named: Readonly<Record<string, string>> = {
    '\u0007': '\\a',
    '\b': '\\b',
    '\f': '\\f',
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    '\v': '\\v',
    "'": "\\'",
    '\\': '\\\\',
  }
  const escaped =
    named[text] ?? (value < 32 || value === 127 ? `\\x${value.toString(16).padStart(2, '0')}` : text)
  return `'${escaped}'`
}

function isCharacter(value: number): boolean {
  return value >= 0 && value <= 0x10ffff && (value < 0xd800 || value > 0xdfff)
}

function parseFlags(text: string): Flags {
  return {
    minus: text.includes('-'),
    plus: text.includes('+'),
    space: text.includes(' '),
    zero: text.includes('0'),
    sharp: text.includes('#'),
  }
}
