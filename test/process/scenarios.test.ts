// The table of scenarios on the laptop: the built program, no cluster, no root needed.

import { execa } from 'execa'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { argoPath, repositoryRoot } from '../rig/argoexec.ts'
import { hasNamespaces } from '../rig/needs.ts'
import { judge, viewOf } from '../scenarios/judge.ts'
import { scenarios } from '../scenarios/table.ts'

describe('scenarios on the laptop', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'argo-scenarios-'))
  })
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true })
  })

  // Without views of their own, steps that write to one path come one after the other.
  const tests = hasNamespaces() ? test.concurrent : test
  tests.for(scenarios.map((scenario, index) => ({ ...scenario, index })))(
    '$name',
    { timeout: 60_000 },
    async (scenario, context) => {
      const file =
        typeof scenario.workflow === 'string'
          ? join(repositoryRoot, 'examples', scenario.workflow)
          : join(folder, `${scenario.index}.yaml`)
      if (typeof scenario.workflow !== 'string') {
        const documents = [...(scenario.objects?.({}) ?? []), scenario.workflow]
        writeFileSync(file, documents.map((document) => JSON.stringify(document)).join('\n---\n'))
      }
      const result = await execa(argoPath(), ['run', file, '--state', join(folder, 'state'), '-o', 'json'], {
        reject: false,
      })
      const needed = /argo: run without isolation: (.*); isolation would make it possible, but/.exec(
        result.stderr,
      )
      if (needed !== null) context.skip(`needs user namespaces: ${needed[1]}`)
      // An ordinary user's laptop cannot become another user, and says so.
      const notDone = /note: (not done on a laptop: .*runAs.*)/.exec(result.stderr)
      if (notDone !== null && process.getuid?.() !== 0) context.skip(notDone[1])
      expect(result.stdout, result.stderr).toMatch(/^\{/)
      judge(scenario, viewOf(result.stdout))
      expect(result.exitCode, result.stderr).toBe(scenario.phase === 'Succeeded' ? 0 : 1)
    },
  )
})
