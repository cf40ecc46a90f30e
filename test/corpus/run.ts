// `npm run corpus [FILTER]`: runs the covered Workflows of the conformance corpus on this machine with the built program,
// compares them with the record of the reference implementation, and fails below what was reached before.

import { execa } from 'execa'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startObjectStore } from '../../src/local/objects/start-object-store.ts'
import { mapLimit } from '../../src/util/limit.ts'
import { argoPath, repositoryRoot } from '../rig/argoexec.ts'
import { imageRoots } from '../rig/image-roots.ts'
import { sharedDir } from '../rig/shared.ts'
import { otherwise } from './otherwise.ts'
import { readCases, type Case, type Recorded } from './cases.ts'
import { compareNodes, type Nodes } from './compare.ts'

type Outcome =
  /** `early`: refused before anything ran, where the record fails. */
  | { readonly kind: 'passed'; readonly early?: boolean }
  /** Taken, but the record has no end that could be compared. */
  | { readonly kind: 'accepted'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: readonly string[] }
  | { readonly kind: 'refused'; readonly features: readonly string[] }
  | { readonly kind: 'left out'; readonly why: string }

interface Bench {
  readonly corpus: string
  readonly folder: string
  readonly config: string
  /** Takes the place of the endpoint, and of the keys, that manifests name. */
  readonly store: { readonly endpoint: string; readonly accessKey: string; readonly secretKey: string }
}

interface Finished {
  readonly status?: { readonly phase?: string; readonly message?: string; readonly nodes?: Nodes }
}

const recordedEndpoint = 'minio:9000'

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
  const folder = mkdtempSync(join(tmpdir(), 'argo-corpus-'))
  const store = await startObjectStore({ dir: join(folder, 'store'), bucket: 'my-bucket' })
  for (const bucket of ['my-bucket-2', 'my-bucket-3'])
    mkdirSync(join(folder, 'store/buckets', bucket), { recursive: true })
  try {
    const config = join(folder, 'config.yaml')
    writeFileSync(config, JSON.stringify({ images: imageRoots((missing) => say(`missing: ${missing}`)) }))
    const bench: Bench = { corpus, folder, config, store }
    const outcomes = await mapLimit(cases, { limit: 4 }, async (one, _signal, index) => {
      const outcome = await runCase(bench, one, index)
      if (outcome.kind === 'failed') say([`FAILED ${one.file}`, ...outcome.why.slice(0, 12)].join('\n    '))
      return [one, outcome] as const
    })
    return report(outcomes, filter === undefined)
  } finally {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function runCase(bench: Bench, one: Case, index: number): Promise<Outcome> {
  const { recorded } = one
  if (one.missing !== undefined) return { kind: 'left out', why: one.missing }
  if (recorded === undefined) return { kind: 'left out', why: 'no record' }
  if (!('workflow' in recorded)) return { kind: 'left out', why: 'several workflows in one manifest' }
  const files = [join(bench.corpus, one.file), ...one.support].map((path, part) =>
    rewritten(bench, path, `${index}-${part}.yaml`),
  )
  const state = join(bench.folder, 'state', String(index))
  const words = [
    'run',
    ...files,
    '--config',
    bench.config,
    '--state',
    state,
    '--name',
    recorded.workflow,
    '-o',
    'json',
  ]
  const result = await execa(argoPath(), words, {
    reject: false,
    // Without an end in the record there is nothing to wait for: that it is taken, and starts, is all there is to see.
    timeout: recorded.ended ? 100_000 : 5000,
    killSignal: 'SIGINT',
    forceKillAfterDelay: 10_000,
  })
  if (result.exitCode === 2) return judgeRefusal(result.stderr, recorded)
  if (!recorded.ended && result.timedOut) return { kind: 'accepted', why: recorded.stopped ?? 'no end' }
  if (result.timedOut) return { kind: 'failed', why: [`not ended after 100 s (record: ${recorded.phase})`] }
  try {
    const told = result.stdout.replaceAll(bench.store.endpoint, recordedEndpoint)
    return judgeEnd(one.file, JSON.parse(told) as Finished, recorded)
  } catch {
    return { kind: 'failed', why: [`exit ${result.exitCode}, no status: ${result.stderr.slice(-600)}`] }
  }
}

/** The manifest with the endpoint and the keys of our store in place of those of the recording. */
function rewritten({ folder, store }: Bench, path: string, name: string): string {
  const text = readFileSync(path, 'utf8')
    .replaceAll(recordedEndpoint, store.endpoint)
    .replace(/^(\s+accesskey:) admin$/m, `$1 ${store.accessKey}`)
    .replace(/^(\s+secretkey:) password$/m, `$1 ${store.secretKey}`)
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

function judgeRefusal(text: string, recorded: Recorded): Outcome {
  const uncovered = [...text.matchAll(/: ([^:\n]+): not covered/g)].map(([, feature = '']) => feature)
  if (uncovered.length > 0) return { kind: 'refused', features: [...new Set(uncovered)] }
  // Argo takes any manifest and then fails it; ours says so before.
  if (/^(Failed|Error)$/.test(recorded.phase) || recorded.rejected !== undefined)
    return { kind: 'passed', early: true }
  const unknown = [...text.matchAll(/: (unknown field '[^']+')/g)].map(([, field = '']) => field)
  if (unknown.length > 0) return { kind: 'refused', features: [...new Set(unknown)] }
  return { kind: 'failed', why: ['refused as invalid:', ...text.split('\n')] }
}

function judgeEnd(file: string, { status = {} }: Finished, recorded: Recorded): Outcome {
  const phase = status.phase ?? ''
  const message = status.message ?? ''
  const only = otherwise[file]?.only
  const why: string[] = []
  if (!/^(Succeeded|Failed|Error)$/.test(phase)) why.push(`phase is ${phase}`)
  else if (only !== 'end' && !recorded.ended)
    why.push(`ended as ${phase} (${message}), the record has no end`)
  else if (only !== 'end' && phase !== recorded.phase)
    why.push(`phase is ${phase} (${message}), recorded ${recorded.phase} (${recorded.message})`)
  if (typeof only !== 'string')
    why.push(...compareNodes(status.nodes ?? {}, recorded.status.nodes ?? {}, only?.without))
  return why.length === 0 ? { kind: 'passed' } : { kind: 'failed', why }
}

function report(outcomes: readonly (readonly [Case, Outcome])[], whole: boolean): number {
  const refusals = new Map<string, number>()
  let [early, partly] = [0, 0]
  const count = { passed: 0, accepted: 0, failed: 0, refused: 0, 'left out': 0 }
  for (const [one, outcome] of outcomes) {
    count[outcome.kind]++
    if (outcome.kind === 'passed' && outcome.early === true) early++
    else if (outcome.kind === 'passed' && otherwise[one.file] !== undefined) partly++
    if (outcome.kind === 'left out' || outcome.kind === 'accepted')
      say(`${outcome.kind} ${one.file}: ${outcome.why}`)
    if (outcome.kind !== 'refused') continue
    say(`refused ${one.file}: ${outcome.features.join(', ')}`)
    for (const feature of outcome.features) refusals.set(feature, (refusals.get(feature) ?? 0) + 1)
  }
  for (const [feature, times] of [...refusals].toSorted(([, a], [, b]) => b - a)) {
    say(`${String(times).padStart(4)} refused for ${feature}`)
  }
  const covered = count.passed + count.accepted + count.failed
  say(
    `corpus: ${outcomes.length} workflows, ${covered} covered, of them ${count.passed} passed (${early} found invalid at once, as the record does later; ${partly} compared in part, test/corpus/otherwise.ts says why), ` +
      `${count.failed} failed, ${count.accepted} without an end in the record`,
  )
  say(
    `${count.passed} passed, ${count.failed} failed, ${outcomes.length - count.passed - count.failed} skipped`,
  )
  return whole ? compareWithLedger(covered, count.passed) : Math.min(1, count.failed)
}

function compareWithLedger(covered: number, passed: number): number {
  const ledger = join(repositoryRoot, 'test/corpus/reached.json')
  const reached = JSON.parse(readFileSync(ledger, 'utf8')) as {
    readonly covered: number
    readonly passed: number
  }
  if (process.env['UPDATE'] === '1') writeFileSync(ledger, `{ "covered": ${covered}, "passed": ${passed} }\n`)
  else if (covered < reached.covered || passed < reached.passed) {
    say(`below what was reached: ${reached.covered} covered, ${reached.passed} passed`)
    return 1
  }
  return 0
}

process.exit(await main())
