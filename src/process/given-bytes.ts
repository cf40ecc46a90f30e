// The arguments and the environment of this process as the container runtime gave them, byte for byte: Node's own view
// of them replaces whatever is not UTF-8.

import { readFileSync } from 'node:fs'

/** Texts each followed by a NUL, in one buffer: the form of /proc/PID/cmdline and /proc/PID/environ. */
export type NulTerminated = Buffer

/**
 * The bytes behind the last words of the command line. `words` is how Node shows them; when /proc tells nothing or
 * something else (a process that took another's place), they are encoded instead.
 */
export function givenArguments(words: readonly string[]): NulTerminated {
  const all = splitNul(readProc('cmdline'))
  const last = words.length === 0 ? [] : all.slice(-words.length)
  const same = last.length === words.length && last.every((bytes, index) => bytes.toString() === words[index])
  return joinNul(same ? last : words.map((word) => Buffer.from(word)))
}

/** `fallback` is for a process without /proc, or one whose environment was replaced after its start. */
export function givenEnvironment(
  fallback: Readonly<Record<string, string | undefined>>,
  replaced: boolean,
): NulTerminated {
  const given = replaced ? Buffer.alloc(0) : readProc('environ')
  if (given.length > 0) return given
  const entries = Object.entries(fallback).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${value}`],
  )
  return joinNul(entries.map((entry) => Buffer.from(entry)))
}

/** The first value of `name`, as getenv finds it. */
export function environmentValue(environ: NulTerminated, name: string): Buffer | undefined {
  const prefix = Buffer.from(`${name}=`)
  const entry = splitNul(environ).find((bytes) => bytes.subarray(0, prefix.length).equals(prefix))
  return entry?.subarray(prefix.length)
}

export function splitNul(block: NulTerminated): Buffer[] {
  const parts: Buffer[] = []
  for (let start = 0; start < block.length;) {
    const end = block.indexOf(0, start)
    parts.push(block.subarray(start, end === -1 ? block.length : end))
    start = end === -1 ? block.length : end + 1
  }
  return parts
}

export function joinNul(parts: readonly Buffer[]): NulTerminated {
  return Buffer.concat(parts.flatMap((part) => [part, Buffer.of(0)]))
}

function readProc(name: 'cmdline' | 'environ'): Buffer {
  try {
    return readFileSync(`/proc/self/${name}`)
  } catch {
    return Buffer.alloc(0)
  }
}
