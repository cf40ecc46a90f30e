// Writes docs/coverage.md from the tables that the decoder itself uses: `node scripts/pinned.mjs scripts/coverage.ts`.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { coveredFeatures, fieldCoverage, uncoveredFeatures } from '../src/spec/coverage.ts'

/** The whole page; a test compares it with the file. */
export function coverageDocument(): string {
  const fields = fieldCoverage()
  const refused = fields.filter(({ uncovered }) => uncovered !== undefined).length
  return `# What is covered

Written by \`scripts/coverage.ts\` from the tables that read a Workflow: ${fields.length} paths, ${refused} of them refused.

## Covered

${coveredFeatures.map((feature) => `- ${feature}`).join('\n')}

## Refused by name

A Workflow that asks for one of these is refused before any pod starts, with all its problems at once, each with its path and,
on the laptop, file, line and column. Nothing is ignored. So are fields that no Workflow has, with the nearest name.

| feature | fields |
| --- | --- |
${[...uncoveredFeatures()]
  .toSorted(([a], [b]) => a.localeCompare(b, 'en'))
  .map(row)
  .join('\n')}
`
}

function row([feature, paths]: readonly [string, readonly string[]]): string {
  const fields = new Set(paths.map(ending).map((path) => `\`${path}\``))
  return `| ${feature} | ${[...fields].join(', ')} |`
}

/** The same field stands at many places: what holds it and its name tell it. */
function ending(path: string): string {
  return path.startsWith('{{') ? path : path.split('.').slice(-2).join('.')
}

if (import.meta.main) writeFileSync(join(import.meta.dirname, '../docs/coverage.md'), coverageDocument())
