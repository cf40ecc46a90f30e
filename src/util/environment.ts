// The only reader of process.env: every other file is handed the values that it needs.

export type Environment = Readonly<Record<string, string | undefined>>

/** The environment of this process, as a snapshot. */
export function readEnvironment(): Environment {
  return { ...process.env }
}
