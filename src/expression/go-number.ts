// Numbers as Go prints them: JavaScript's own text differs for large, small and negative-zero values.

/** `strconv.FormatFloat(value, 'f', -1, 64)`: shortest digits, never an exponent. */
export function formatFixed(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const { digits, exponent } = shortest(Math.abs(value))
  if (exponent <= 0) return `${sign}0.${'0'.repeat(-exponent)}${digits}`.replace(/\.0*$/, '')
  if (exponent >= digits.length) return sign + digits + '0'.repeat(exponent - digits.length)
  return `${sign}${digits.slice(0, exponent)}.${digits.slice(exponent)}`
}

/** `strconv.FormatFloat(value, 'g', -1, 64)`, but integers without an exponent: a number of YAML that becomes text. */
export function formatShortest(value: number): string {
  return Number.isInteger(value) && Number.isSafeInteger(value)
    ? String(value)
    : withExponent(value, 1e-4, 1e6)
}

/** `fmt.Sprintf("%v", value)` of a float64: an exponent below 1e-4 and from 1e21. */
export function formatGeneral(value: number): string {
  return withExponent(value, 1e-4)
}

/** A float64 as Go's encoding/json writes it: an exponent below 1e-6 and from 1e21, `1e+21`, `1e-7`. */
export function formatJsonNumber(value: number): string {
  return withExponent(value, 1e-6).replace(/e-0(\d)$/, 'e-$1')
}

function withExponent(value: number, below: number, from = 1e21): string {
  const size = Math.abs(value)
  if (!Number.isFinite(value) || size === 0 || (size >= below && size < from)) return formatFixed(value)
  const { digits, exponent } = shortest(size)
  const power = exponent - 1
  const mantissa = digits.length === 1 ? digits : `${digits[0] ?? ''}.${digits.slice(1)}`
  return `${value < 0 ? '-' : ''}${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}

/** The shortest digits that read back as `size`, which is 0.DIGITS times ten to the `exponent`. */
function shortest(size: number): { readonly digits: string; readonly exponent: number } {
  if (size === 0) return { digits: '0', exponent: 1 }
  const [mantissa = '0', power = '0'] = size.toExponential().split('e')
  return { digits: mantissa.replace('.', ''), exponent: Number(power) + 1 }
}
