// Cuts the condition of a `depends` into tokens that remember where they stand, for messages with a caret.

export interface ConditionToken {
  readonly kind: 'name' | 'operator' | 'end'
  readonly text: string
  /** Characters before it. */
  readonly at: number
}

const operators = ['||', '&&', '==', '!=', '??', '?', ':', '!', '(', ')', '.']
const words: Readonly<Record<string, string>> = { and: '&&', or: '||', not: '!' }

/** @throws Error as `conditionError` makes it. */
export function conditionTokens(text: string): readonly ConditionToken[] {
  const tokens: ConditionToken[] = []
  let at = 0
  while (at < text.length) {
    const rest = text.slice(at)
    const space = /^\s+/.exec(rest)?.[0]
    if (space !== undefined) {
      at += space.length
      continue
    }
    const name = /^[\p{L}_$][\p{L}\p{Nd}_$]*/u.exec(rest)?.[0]
    const operator = operators.find((candidate) => rest.startsWith(candidate))
    if (name !== undefined) {
      const symbol = Object.hasOwn(words, name) ? words[name] : undefined
      tokens.push({ kind: symbol === undefined ? 'name' : 'operator', text: symbol ?? name, at })
    } else if (operator !== undefined) {
      tokens.push({ kind: 'operator', text: operator, at })
    } else {
      const character = Array.from(rest)[0] ?? ''
      throw conditionError(`unrecognized character: U+${codePoint(character)} '${character}'`, text, at)
    }
    at += name?.length ?? operator?.length ?? 1
  }
  tokens.push({ kind: 'end', text: 'EOF', at: text.length })
  return tokens
}

/** `message (LINE:COLUMN)`, the line, and a caret below the place. */
export function conditionError(message: string, text: string, at: number): Error {
  // The end of the text is shown under its last character.
  const place = Math.min(at, Math.max(0, text.length - 1))
  const before = text.slice(0, place).split('\n')
  const column = before.at(-1)?.length ?? 0
  const line = text.split('\n')[before.length - 1] ?? ''
  return new Error(`${message} (${before.length}:${column + 1})\n | ${line}\n | ${'.'.repeat(column)}^`)
}

function codePoint(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
}
