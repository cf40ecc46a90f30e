// A command without the executor's wrapper, as user init containers have it: this process becomes the command.

import { accessSync, constants, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** Returns only when the command cannot be started: 127 not found, 126 not executable, as shells say. */
export function becomeCommand(words: readonly string[], env: Readonly<Record<string, string>>): number {
  const name = words[0] ?? ''
  const file = find(name, env['PATH'] ?? '')
  if (file === undefined) {
    writeSync(2, `exec: ${JSON.stringify(name)}: executable file not found in $PATH\n`)
    return 127
  }
  try {
    process.execve?.(file, [...words], { ...env })
  } catch {
    writeSync(2, `exec: ${JSON.stringify(name)}: cannot be executed\n`)
  }
  return 126
}

function find(name: string, path: string): string | undefined {
  if (name.includes('/')) return isExecutable(name) ? name : undefined
  return path
    .split(':')
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => join(folder, name))
    .find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
