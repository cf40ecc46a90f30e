// Measuring on noisy machines: two things in turns, the first run dropped, medians; and no ratio where the halves of a
// series differ by more than 15 %.

import { loadavg } from 'node:os'

export interface Series {
  readonly median: number
  /** Whether the medians of the first and the second half differ by at most 15 %. */
  readonly steady: boolean
}

/** Runs `one` and `other` in turns, `rounds` times each after a dropped first run. */
export async function alternate(
  rounds: number,
  one: () => Promise<number>,
  other: () => Promise<number>,
): Promise<readonly [Series, Series]> {
  const [first, second]: [number[], number[]] = [[], []]
  for (let round = 0; round <= rounds; round++) {
    const [a, b] = [await one(), await other()]
    if (round === 0) continue
    first.push(a)
    second.push(b)
  }
  return [seriesOf(first), seriesOf(second)]
}

export async function repeat(rounds: number, one: () => Promise<number>): Promise<Series> {
  const values: number[] = []
  for (let round = 0; round <= rounds; round++) {
    const value = await one()
    if (round > 0) values.push(value)
  }
  return seriesOf(values)
}

function seriesOf(values: readonly number[]): Series {
  const half = Math.floor(values.length / 2)
  const [early, late] = [median(values.slice(0, half)), median(values.slice(half))]
  return { median: median(values), steady: Math.abs(early - late) <= 0.15 * Math.max(early, late) }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2
}

export function load(): string {
  return loadavg()
    .map((value) => value.toFixed(2))
    .join(' ')
}
