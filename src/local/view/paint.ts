// Colours and widths of terminals; nothing of it where nobody looks.

export type Colour = 'green' | 'red' | 'yellow' | 'cyan' | 'magenta' | 'blue' | 'grey' | 'bold'

export type Paint = (text: string, colour: Colour) => string

const codes: Readonly<Record<Colour, readonly [number, number]>> = {
  bold: [1, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
  grey: [90, 39],
}

export function createPaint(enabled: boolean): Paint {
  if (!enabled) return (text) => text
  return (text, colour) => `\u001B[${codes[colour][0]}m${text}\u001B[${codes[colour][1]}m`
}

/** NO_COLOR as no-color.org says: present and not empty. */
export function wantsColour(isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): boolean {
  return isTerminal && !env['NO_COLOR'] && env['TERM'] !== 'dumb'
}

/**
 * One line of text for a terminal: what comes from workflows and programs may hold line ends and control characters,
 * which would move the cursor or worse.
 */
export function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/\s*[\r\n]+\s*/g, ' ⏎ ').replace(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g, '')
}

/** Cut to `columns` cells, with an ellipsis where something is missing. */
export function fit(text: string, columns: number): string {
  let width = 0
  let kept = ''
  for (const character of text) {
    const wide = cells(character)
    if (width + wide > columns - 1 && text.length > kept.length + character.length) return `${kept}…`
    if (width + wide > columns) return `${kept}…`
    width += wide
    kept += character
  }
  return kept
}

export function widthOf(text: string): number {
  let width = 0
  for (const character of text) width += cells(character)
  return width
}

function cells(character: string): number {
  if (/\p{Mark}|\u200D|\uFE0F/u.test(character)) return 0
  return /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{1F300}-\u{1FAFF}\u{20000}-\u{3FFFD}]/u.test(
    character,
  )
    ? 2
    : 1
}
