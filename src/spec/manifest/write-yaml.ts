// Writes a value as YAML, for people who read objects and for programs that take them back.

import { stringify } from 'yaml'

/** Lines are never folded; text that YAML 1.1 would read as something else is quoted. */
export function writeYaml(value: unknown): string {
  return stringify(value, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false })
}
