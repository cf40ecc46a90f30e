// Resource quantities of Kubernetes (`500m`, `1Gi`, `1e3`): read exactly, in thousandths, for comparing and summing.

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
const binary: Readonly<Record<string, bigint>> = {
  Ki: 2n ** 10n,
  Mi: 2n ** 20n,
  Gi: 2n ** 30n,
  Ti: 2n ** 40n,
  Pi: 2n ** 50n,
  Ei: 2n ** 60n,
}

/** Nano units of a quantity; undefined when the text is none. Smaller parts are rounded up, as Kubernetes does. */
export function parseQuantityNano(text: string): bigint | undefined {
  const match = /^([+-]?)(\d+)?(?:\.(\d*))?([eE][+-]?\d{1,3}|[numkMGTPE]|[KMGTPE]i)?$/.exec(text)
  if (match === null) return undefined
  const [, sign, whole = '', fraction = '', suffix = ''] = match
  const digits = whole + fraction
  if (digits === '' || digits.length > 100) return undefined
  const factor = binary[suffix] ?? 1n
  const exponent =
    /^[eE]/.test(suffix) && suffix.length > 1 ? Number(suffix.slice(1)) : (decimal[suffix] ?? 0)
  const scale = (suffix in binary ? 0 : exponent) - fraction.length + 9
  const mantissa = BigInt(digits) * factor
  const nano = scale >= 0 ? mantissa * 10n ** BigInt(scale) : divideUp(mantissa, 10n ** BigInt(-scale))
  return sign === '-' ? -nano : nano
}

function divideUp(value: bigint, by: bigint): bigint {
  return (value + by - 1n) / by
}
