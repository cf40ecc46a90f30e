// Evaluates the full condition of a `depends` over the results of the tasks that it names.

import { conditionError, conditionTokens, type ConditionToken } from './condition-tokens.ts'
import { taskResultNames, type TaskResultName } from './depends-logic.ts'

export type TaskResults = Readonly<Record<TaskResultName, boolean>>

type Value = boolean | TaskResults
type Lazy = () => Value

interface Part {
  readonly value: Lazy
  readonly type: 'bool' | 'results'
  readonly at: number
}

/** Binary operators from the loosest to the tightest. */
const levels: readonly (readonly string[])[] = [['??'], ['||'], ['&&'], ['==', '!=']]
const deepest = 200

/**
 * `condition` as `dependsLogic` made it; `results` by task name. Dashes count as underscores, in both.
 *
 * @throws Error whose message has the place, the line and a caret.
 */
export function evaluateCondition(
  condition: string,
  results: Readonly<Record<string, TaskResults>>,
): boolean {
  // parity: names of tasks may hold a dash and names of the condition may not.
  const text = condition.replaceAll('-', '_')
  const scope = new Map(Object.entries(results).map(([name, value]) => [name.replaceAll('-', '_'), value]))
  const value = new Parser(text, scope).parse().value()
  if (typeof value !== 'boolean')
    throw new Error(`unable to cast expression result '${JSON.stringify(value)}' to bool`)
  return value
}

class Parser {
  readonly #text: string
  readonly #scope: ReadonlyMap<string, TaskResults>
  readonly #tokens: readonly ConditionToken[]
  #at = 0
  #depth = 0

  constructor(text: string, scope: ReadonlyMap<string, TaskResults>) {
    this.#text = text
    this.#scope = scope
    this.#tokens = conditionTokens(text)
  }

  parse(): Part {
    const part = this.#ternary()
    const rest = this.#peek()
    if (rest.kind !== 'end') throw this.#unexpected(rest)
    return part
  }

  #ternary(): Part {
    if (++this.#depth > deepest) throw new Error(`the condition nests deeper than ${deepest}`)
    const condition = this.#binary(0)
    this.#depth--
    if (!this.#take('?')) return condition
    if (condition.type !== 'bool') throw this.#error('non-bool expression used as condition', condition.at)
    const yes = this.#ternary()
    if (!this.#take(':')) throw this.#unexpected(this.#peek())
    const no = this.#ternary()
    return { ...yes, value: () => (condition.value() === true ? yes.value() : no.value()) }
  }

  #binary(level: number): Part {
    const symbols = levels[level]
    if (symbols === undefined) return this.#unary()
    let left = this.#binary(level + 1)
    for (;;) {
      const token = this.#peek()
      if (token.kind !== 'operator' || !symbols.includes(token.text)) return left
      this.#at++
      left = this.#combine(token, left, this.#binary(level + 1))
    }
  }

  #combine(token: ConditionToken, left: Part, right: Part): Part {
    const symbol = token.text
    const logical = symbol === '&&' || symbol === '||'
    if (symbol !== '??' && (left.type !== right.type || (logical && left.type !== 'bool'))) {
      const types = `${typeName(left)} and ${typeName(right)}`
      throw this.#error(`invalid operation: ${symbol} (mismatched types ${types})`, token.at)
    }
    return {
      type: symbol === '??' ? left.type : 'bool',
      at: left.at,
      value: compute(symbol, left.value, right.value),
    }
  }

  #unary(): Part {
    const token = this.#peek()
    if (!this.#take('!')) return this.#primary()
    const operand = this.#unary()
    if (operand.type !== 'bool') {
      throw this.#error(`invalid operation: ! (mismatched type ${typeName(operand)})`, token.at)
    }
    return { type: 'bool', at: token.at, value: () => operand.value() !== true }
  }

  #primary(): Part {
    const token = this.#peek()
    this.#at++
    if (token.kind === 'operator' && token.text === '(') {
      const inner = this.#ternary()
      if (!this.#take(')')) throw this.#unexpected(this.#peek())
      return inner
    }
    if (token.kind !== 'name') throw this.#unexpected(token)
    if (token.text === 'true' || token.text === 'false') {
      return { type: 'bool', at: token.at, value: () => token.text === 'true' }
    }
    return this.#member(token)
  }

  #member(token: ConditionToken): Part {
    const results = this.#scope.get(token.text)
    if (results === undefined) throw this.#error(`unknown name ${token.text}`, token.at)
    const dot = this.#peek()
    if (!this.#take('.')) return { type: 'results', at: token.at, value: () => results }
    const field = this.#peek()
    this.#at++
    if (field.kind !== 'name') throw this.#unexpected(field)
    const name = taskResultNames.find((known) => known === field.text)
    if (name === undefined) {
      // parity: the message names the type of the original.
      throw this.#error(`type controller.TaskResults has no field ${field.text}`, field.at)
    }
    if (this.#peek().text === '.')
      throw this.#error(`type bool has no field ${this.#tokens[this.#at + 1]?.text ?? ''}`, dot.at)
    return { type: 'bool', at: token.at, value: () => results[name] }
  }

  #take(symbol: string): boolean {
    const token = this.#peek()
    if (token.kind !== 'operator' || token.text !== symbol) return false
    this.#at++
    return true
  }

  #peek(): ConditionToken {
    return this.#tokens[this.#at] ?? { kind: 'end', text: 'EOF', at: this.#text.length }
  }

  #unexpected(token: ConditionToken): Error {
    if (token.kind === 'end') return this.#error('unexpected token EOF', token.at)
    const kind = token.kind === 'name' ? 'Identifier' : '()'.includes(token.text) ? 'Bracket' : 'Operator'
    return this.#error(`unexpected token ${kind}(${JSON.stringify(token.text)})`, token.at)
  }

  #error(message: string, at: number): Error {
    return conditionError(message, this.#text, at)
  }
}

function typeName(part: Part): string {
  return part.type === 'bool' ? 'bool' : 'controller.TaskResults'
}

function compute(symbol: string, left: Lazy, right: Lazy): Lazy {
  switch (symbol) {
    case '&&':
      return () => left() === true && right() === true
    case '||':
      return () => left() === true || right() === true
    case '==':
      return () => left() === right()
    case '!=':
      return () => left() !== right()
    default:
      // `??`: neither a boolean nor a task's results is ever nil.
      return left
  }
}
