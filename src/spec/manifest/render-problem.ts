// Shows a problem to a person: file, line, column, message, the line itself and a caret.

import { problemText, type Problem } from '../problem.ts'
import type { Manifest, SyntaxProblem } from './parse-manifests.ts'
import type { Position } from './position.ts'

/** Columns of a source line that are shown: the rest of a long one would fill the terminal. */
const widest = 160

/**
 *     flow.yaml:7:9: spec.templates[0].container.imagee: unknown field 'imagee', did you mean 'image'?
 *           imagee: busybox
 *           ^
 */
export function renderProblem(problem: Problem, manifest: Manifest): string {
  const position = manifest.position(problem.path)
  return render(
    problem,
    manifest.file,
    position,
    position === undefined ? undefined : manifest.line(position.line),
  )
}

export function renderSyntaxProblem(problem: SyntaxProblem): string {
  return render(problem, problem.file, problem.position, problem.lineText)
}

function render(
  problem: Problem,
  file: string,
  position: Position | undefined,
  line: string | undefined,
): string {
  const level = problem.level === 'warning' ? 'warning: ' : ''
  if (position === undefined || line === undefined) return `${file}: ${level}${problemText(problem)}`
  const head = `${file}:${position.line}:${position.column}: ${level}${problemText(problem)}`
  // A window around the column; tabs stay tabs so that the caret stands below its character.
  const start = position.column > widest ? position.column - Math.floor(widest / 2) : 0
  const shown = line.replace(/\r$/, '').slice(start, start + widest)
  const margin = line.slice(start, position.column - 1).replace(/[^\t]/g, ' ')
  return `${head}\n  ${printable(shown)}\n  ${margin}^`
}

/** Control characters of a hostile file must not reach the terminal. */
function printable(text: string): string {
  return text.replace(/[^\P{Cc}\t]/gu, '\ufffd')
}
