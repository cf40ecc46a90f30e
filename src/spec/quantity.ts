// Kubernetes quantities in their canonical text: `1000m` is written `1`, `0.5` becomes `500m`.

const binary: Readonly<Record<string, bigint>> = {
  Ki: 1n << 10n,
  Mi: 1n << 20n,
  Gi: 1n << 30n,
  Ti: 1n << 40n,
  Pi: 1n << 50n,
  Ei: 1n << 60n,
}
const decimal: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
}
const syntax = /^([+-]?)(\d+\.?\d*|\.\d+)(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]?|[eE][+-]?\d+)$/

/** Digits kept right of the point, and the largest power of ten that is worth computing with. */
const nano = 9
const largestExponent = 40

type QuantityFormat = 'binary' | 'decimal' | 'exponent'

/** The canonical text, or undefined when `text` is no quantity. Fractions are rounded up to nanos. */
export function canonicalQuantity(text: string): string | undefined {
  const match = syntax.exec(text)
  if (match === null) return undefined
  const [, sign = '', number = '', suffix = ''] = match
  const exponentText = /^[eE]([+-]?\d+)$/.exec(suffix)?.[1]
  const multiple = binary[suffix]
  const exponent = exponentText === undefined ? (decimal[suffix] ?? 0) : Number(exponentText)
  if (Math.abs(exponent) > largestExponent) return undefined
  const nanos = toNanos(number, exponent, multiple)
  const amount = sign === '-' ? -nanos : nanos
  const format = multiple === undefined ? (exponentText === undefined ? 'decimal' : 'exponent') : 'binary'
  return write(amount, format)
}

function toNanos(number: string, exponent: number, multiple: bigint | undefined): bigint {
  const [whole = '', fraction = ''] = number.split('.')
  const digits = BigInt(`${whole}${fraction}` || '0') * (multiple ?? 1n)
  const power = nano - fraction.length + exponent
  if (power >= 0) return digits * 10n ** BigInt(power)
  const divisor = 10n ** BigInt(-power)
  return (digits + divisor - 1n) / divisor
}

function write(nanos: bigint, format: QuantityFormat): string {
  if (nanos === 0n) return '0'
  const sign = nanos < 0n ? '-' : ''
  const size = nanos < 0n ? -nanos : nanos
  if (format === 'binary' && size % 1_000_000_000n === 0n && size / 1_000_000_000n >= 1024n) {
    return sign + writeBinary(size / 1_000_000_000n)
  }
  return sign + writeDecimal(size, format === 'exponent')
}

function writeBinary(amount: bigint): string {
  const fitting = Object.entries(binary).filter(([, multiple]) => amount % multiple === 0n)
  const [suffix = '', multiple = 1n] = fitting.at(-1) ?? []
  return `${amount / multiple}${suffix}`
}

function writeDecimal(nanos: bigint, asExponent: boolean): string {
  let exponent = -nano
  let amount = nanos
  while (exponent < 18 && amount % 1000n === 0n) {
    amount /= 1000n
    exponent += 3
  }
  if (asExponent) return exponent === 0 ? String(amount) : `${amount}e${exponent}`
  const suffix = Object.entries(decimal).find(([, power]) => power === exponent)?.[0] ?? ''
  return `${amount}${suffix}`
}
