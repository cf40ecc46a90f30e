// Walks over every string of a value with its path, for whoever looks for tags.

import { childPath } from './problem.ts'

/** Calls `visit` for each string inside a value, keys of maps aside. */
export function visitTexts(value: unknown, path: string, visit: (text: string, path: string) => void): void {
  if (typeof value === 'string') visit(value, path)
  else if (Array.isArray(value)) {
    for (const [index, element] of value.entries()) visitTexts(element, childPath(path, index), visit)
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) visitTexts(member, childPath(path, key), visit)
  }
}
