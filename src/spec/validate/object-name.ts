// What the API takes as the name of an object: told before anything is sent to it.

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const longest = 253

const rule =
  "must consist of lower case letters, digits, '-' and '.', and start and end with a letter or digit"

/** Why `name` is none, or undefined. A `prefix` gets a random end, so that its own last character may be anything inside. */
export function objectNameTrouble(name: string, kind: 'name' | 'prefix' = 'name'): string | undefined {
  const whole = kind === 'prefix' ? `${name}x` : name
  if (!subdomain.test(whole)) return `${JSON.stringify(name)} is no name of an object: it ${rule}`
  return name.length > longest
    ? `must not be more than ${longest} characters long (currently ${name.length})`
    : undefined
}
