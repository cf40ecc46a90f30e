// The exit code of a process from its wait status, by the convention of shells.

/** 0-255 for an exit, 128 + n for the end by signal n. */
export function exitCodeOf(status: number): number {
  const signal = status & 0x7f
  return signal === 0 ? (status >> 8) & 0xff : 128 + signal
}
