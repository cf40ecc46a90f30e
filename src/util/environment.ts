// The only reader of process.env: every other file is handed the values that it needs.

export type Environment = Readonly<Record<string, string | undefined>>

/** Bundles do not share module state, so what one of them replaced is noted where all of them look. */
const replaced = Symbol.for('argo.environment')

/** The environment of this process, as a snapshot. */
export function readEnvironment(): Environment {
  return { ...process.env }
}

/**
 * Puts a container's environment in the place of this process's own, for a process that becomes a container without
 * being started again: what the kernel shows in /proc/self/environ and /proc/self/cmdline is then not the container's.
 */
export function replaceEnvironment(environment: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(process.env)) delete process.env[name]
  Object.assign(process.env, environment)
  Object.defineProperty(globalThis, replaced, { value: environment, configurable: true })
}

/** The container's environment when this process was given one, else undefined: the kernel's view is the true one. */
export function replacedEnvironment(): Readonly<Record<string, string>> | undefined {
  return (globalThis as { [replaced]?: Readonly<Record<string, string>> })[replaced]
}
