// `npm run bench [NAME]`: the figures of the README, each beside its rival in the same run.

import { mkdtempSync, rmSync, statSync, readdirSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildEmpty } from '../../scripts/build/empty.ts'
import { argoexecPath, repositoryRoot } from '../rig/argoexec.ts'
import { load, type Series } from './measure.ts'
import { cluster, killToNotice, laptop } from './workflow.ts'
import { exitToMarker, wrapperCpu, wrapperMemory } from './wrapper.ts'

interface Row {
  readonly figure: string
  readonly ours: string
  readonly rival: string
  readonly goal: string
  readonly met: string
}

const rows: Row[] = []
const only = process.argv[2]

function add(figure: string, ours: string, rival: string, goal: string, met: boolean | undefined): void {
  rows.push({ figure, ours, rival, goal, met: met === undefined ? 'noisy' : met ? 'yes' : 'NO' })
}

function versus(figure: string, unit: string, [ours, rival]: readonly [Series, Series], most: number): void {
  const steady = ours.steady && rival.steady
  const more = ours.median - rival.median
  add(
    figure,
    `${ours.median.toFixed(1)} ${unit}`,
    `${rival.median.toFixed(1)} ${unit}`,
    `at most ${most} ${unit} more`,
    steady ? more <= most : undefined,
  )
}

async function main(): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'argo-bench-'))
  process.stdout.write(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, load ${load()}\n`)
  try {
    const wanted = (name: string): boolean => only === undefined || only === name
    const empty = ['cpu', 'memory', 'laptop'].some(wanted) ? buildEmpty(repositoryRoot, work) : ''
    if (wanted('cpu'))
      versus('emissary -- true, CPU, against an empty executable', 'ms', await wrapperCpu(empty), 10)
    if (wanted('memory')) versus('the same, anonymous memory', 'MiB', await wrapperMemory(empty), 3)
    if (wanted('marker')) {
      const series = await exitToMarker()
      add(
        "child's exit to exit-code file",
        `${series.median.toFixed(1)} ms`,
        '–',
        'under 5 ms',
        series.median < 5,
      )
    }
    if (wanted('kill')) {
      const series = await killToNotice()
      add(
        'SIGKILL of main to wait noticing it',
        `${series.median.toFixed(1)} ms`,
        '–',
        'under 100 ms',
        series.median < 100,
      )
    }
    if (wanted('laptop')) onLaptop(await laptop(empty))
    if (wanted('cluster') && process.env['KUBECONFIG'] !== undefined) {
      versus('two-step artifact passing on Kubernetes, against two bare pods', 'ms', await cluster(), 1500)
    } else if (wanted('cluster')) process.stdout.write('left out: Kubernetes, KUBECONFIG is not set\n')
    if (wanted('size')) sizes()
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  process.stdout.write(`load ${load()}\n\n${table()}\n`)
}

function onLaptop([ours, empty]: readonly [Series, Series]): void {
  const times = ours.median / empty.median
  add(
    'two-step artifact passing on the laptop, command to result',
    `${ours.median.toFixed(0)} ms, ${times.toFixed(1)} ×`,
    `empty executable ${empty.median.toFixed(1)} ms`,
    'at most 1500 ms and 30 ×',
    ours.steady && empty.steady ? ours.median <= 1500 && times <= 30 : undefined,
  )
}

function sizes(): void {
  const executable = statSync(argoexecPath()).size / 1e6
  const folder = join(repositoryRoot, 'dist/lib')
  const libraries =
    readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0) / 1e6
  add('executable with all bundles', `${executable.toFixed(1)} MB`, '–', 'at most 120 MB', executable <= 120)
  add(
    'with libraries',
    `${(executable + libraries).toFixed(1)} MB`,
    '–',
    'at most 126 MB',
    executable + libraries <= 126,
  )
}

function table(): string {
  const lines = rows.map(
    ({ figure, ours, rival, goal, met }) => `| ${figure} | ${ours} | ${rival} | ${goal} | ${met} |`,
  )
  return ['| figure | ours | rival | goal | met |', '| --- | --- | --- | --- | --- |', ...lines].join('\n')
}

await main()
