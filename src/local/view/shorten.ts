// Cuts long text in the middle: names that grow with the depth of templates say most at both ends.

/** At most `longest` characters of `text`, with an ellipsis where something is missing. */
export function shorten(text: string, longest: number): string {
  if (text.length <= longest) return text
  const half = Math.floor((longest - 1) / 2)
  return `${text.slice(0, half)}…${text.slice(-half)}`
}
