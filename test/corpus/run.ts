// `npm run corpus [FILTER]`: runs the covered Workflows of the conformance corpus on this machine with the built program,
// compares them with the record of the reference implementation, and fails below what was reached before.

import { execa } from 'execa'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argoPath, repositoryRoot } from '../rig/argoexec.ts'
import { imageRoots } from '../rig/image-roots.ts'
import { sharedDir } from '../rig/shared.ts'
import { mapLimit } from '../../src/util/limit.ts'
import { readCases, type Case } from './cases.ts'
import { compareNodes } from './compare.ts'
import { byChance } from './by-chance.ts'

type Outcome =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly why: readonly string[] }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'left out'; readonly why: string }

interface Finished {
  readonly metadata: { readonly name: string }
  readonly status?: {
    readonly phase?: string
    readonly message?: string
    readonly nodes?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  }
}

const say = (text: string): void => void process.stdout.write(`${text}\n`)

async function main(): Promise<number> {
  const shared = sharedDir()
  if (shared === undefined) {
    say('skipped: the conformance corpus is not here (ARGO_SHARED or ../shared)')
    return 0
  }
  const corpus = join(shared, 'corpus')
  const filter = process.argv[2]
  const cases = readCases(corpus).filter(({ file }) => filter === undefined || file.includes(filter))
  const work = mkdtempSync(join(tmpdir(), 'argo-corpus-'))
  try {
    const config = join(work, 'config.yaml')
    writeFileSync(config, JSON.stringify({ images: imageRoots((missing) => say(`missing: ${missing}`)) }))
    const outcomes = await mapLimit(cases, { limit: 4 }, async (one) => {
      const outcome = await runCase(one, corpus, config, join(work, 'state'))
      if (outcome.kind === 'failed')
        say(
          `FAILED ${one.file}\n${outcome.why
            .slice(0, 12)
            .map((line) => `    ${line}`)
            .join('\n')}`,
        )
      return [one, outcome] as const
    })
    return report(outcomes, filter === undefined)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

async function runCase(one: Case, corpus: string, config: string, state: string): Promise<Outcome> {
  const { recorded } = one
  if (one.missing !== undefined) return { kind: 'left out', why: one.missing }
  if (recorded === undefined) return { kind: 'left out', why: 'no record' }
  if (!('workflow' in recorded)) return { kind: 'left out', why: 'several workflows in one manifest' }
  const name = recorded.workflow
  const words = [
    'run',
    join(corpus, one.file),
    ...one.support,
    '--config',
    config,
    '--state',
    state,
    '--name',
    name,
    '-o',
    'json',
  ]
  const result = await execa(argoPath(), words, {
    reject: false,
    timeout: 100_000,
    killSignal: 'SIGINT',
    forceKillAfterDelay: 5000,
  })
  if (result.timedOut)
    return {
      kind: 'failed',
      why: [
        `not ended after 100 s (record: ${recorded.phase}${recorded.stopped === undefined ? '' : `, ${recorded.stopped}`})`,
      ],
    }
  if (result.exitCode === 2) {
    if (
      !/not covered/.test(result.stderr) &&
      /^(Failed|Error)$/.test(recorded.phase) &&
      recorded.message.startsWith('invalid spec')
    )
      return { kind: 'passed' }
    return { kind: 'refused', why: result.stderr }
  }
  let finished: Finished
  try {
    finished = JSON.parse(result.stdout) as Finished
  } catch {
    return { kind: 'failed', why: [`exit ${result.exitCode}, no status: ${result.stderr.slice(-600)}`] }
  }
  if (!recorded.ended)
    return { kind: 'left out', why: `the record has no end: ${recorded.stopped ?? recorded.rejected ?? ''}` }
  const why: string[] = []
  const phase = finished.status?.phase ?? ''
  const chance = byChance[one.file]
  if (chance === undefined) {
    if (phase !== recorded.phase)
      why.push(
        `phase is ${phase} (${finished.status?.message ?? ''}), recorded ${recorded.phase} (${recorded.message})`,
      )
    why.push(...compareNodes(finished.status?.nodes ?? {}, recorded.status.nodes ?? {}))
  } else if (phase === '' || phase === 'Running') why.push(`phase is ${phase}`)
  return why.length === 0 ? { kind: 'passed' } : { kind: 'failed', why }
}

function report(outcomes: readonly (readonly [Case, Outcome])[], whole: boolean): number {
  const refusals = new Map<string, number>()
  let [covered, passed, failed] = [0, 0, 0]
  for (const [one, outcome] of outcomes) {
    if (outcome.kind === 'refused') {
      const features = [
        ...new Set(
          [...outcome.why.matchAll(/not covered[^:]*: ([^\n(]+)|is not covered \(([^)]+)\)/g)].map((match) =>
            (match[1] ?? match[2] ?? '').trim(),
          ),
        ),
      ]
      say(`refused ${one.file}: ${features.join(', ') || outcome.why.split('\n')[0]}`)
      for (const feature of features.length > 0 ? features : ['(other)'])
        refusals.set(feature, (refusals.get(feature) ?? 0) + 1)
    } else if (outcome.kind === 'left out') say(`left out ${one.file}: ${outcome.why}`)
    if (outcome.kind === 'passed' || outcome.kind === 'failed') covered++
    if (outcome.kind === 'passed') passed++
    if (outcome.kind === 'failed') failed++
  }
  for (const [feature, count] of [...refusals].toSorted(([, a], [, b]) => b - a))
    say(`${String(count).padStart(4)} refused for ${feature}`)
  say(`corpus: ${outcomes.length} workflows, ${covered} covered, ${passed} passed, ${failed} failed`)
  say(`${passed} passed, ${failed} failed, ${outcomes.length - covered} skipped`)
  if (!whole) return failed === 0 ? 0 : 1
  const ledger = join(repositoryRoot, 'test/corpus/reached.json')
  const reached = JSON.parse(readFileSync(ledger, 'utf8')) as { covered: number; passed: number }
  if (process.env['UPDATE'] === '1') writeFileSync(ledger, `${JSON.stringify({ covered, passed })}\n`)
  else if (covered < reached.covered || passed < reached.passed) {
    say(`below what was reached: ${reached.covered} covered, ${reached.passed} passed`)
    return 1
  }
  return 0
}

process.exit(await main())
