// TEMPORARY: until src/spec/encode.ts is there.
import type { Template } from '../../spec/types.ts'

export function encodeTemplate(template: Template): string {
  return JSON.stringify(template)
}
