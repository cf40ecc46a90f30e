// Figures of whole workflows: two steps that pass an artifact, on the laptop and on a cluster.

import { execa } from 'execa'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { makeWitness, watchWitness } from '../../src/process/witness.ts'
import { argoPath, repositoryRoot } from '../rig/argoexec.ts'
import { startClusterController } from '../rig/cluster-controller.ts'
import { kubectl } from '../rig/kubectl.ts'
import { makeWrappedPod } from '../rig/wrapped.ts'
import { alternate, repeat, type Series } from './measure.ts'

const example = join(repositoryRoot, 'examples/artifact-passing.yaml')

/** Milliseconds from the command to its result, beside the start of an empty executable. */
export async function laptop(empty: string): Promise<readonly [Series, Series]> {
  const state = mkdtempSync(join(tmpdir(), 'argo-bench-state-'))
  try {
    return await alternate(
      9,
      () => wall(argoPath(), ['run', example, '--state', state]),
      () => wall(empty, []),
    )
  } finally {
    rmSync(state, { recursive: true, force: true })
  }
}

/** Milliseconds from SIGKILL of main to the moment at which whoever watches its witness knows. */
export async function killToNotice(): Promise<Series> {
  return repeat(10, async () => {
    using pod = makeWrappedPod()
    mkdirSync(pod.mail, { recursive: true })
    makeWitness(pod.mail)
    const running = pod.wrapped(['sh', '-c', 'echo up; exec sleep 5 >&- 2>&-'], { first: false })
    await new Promise((resolve) => running.stdout?.once('data', resolve))
    const gone = watchWitness(pod.mail, { signal: AbortSignal.timeout(20_000) })
    const started = performance.now()
    running.kill('SIGKILL')
    await gone
    const took = performance.now() - started
    await running
    return took
  })
}

/** Milliseconds of the workflow on the cluster that KUBECONFIG names, beside two bare pods of the same shape, one after the other. */
export async function cluster(): Promise<readonly [Series, Series]> {
  await using controller = await startClusterController('bench')
  const { namespace } = controller
  const manifest = parse(readFileSync(example, 'utf8')) as Readonly<Record<string, unknown>>
  let count = 0
  const workflow = async (): Promise<number> => {
    const name = `ours-${count++}`
    const started = performance.now()
    const ended = JSON.parse(await controller.run(name, manifest)) as {
      status: { phase: string; message?: string }
    }
    if (ended.status.phase !== 'Succeeded')
      throw new Error(`the workflow ended ${ended.status.phase}: ${ended.status.message ?? ''}`)
    return performance.now() - started
  }
  const barePods = async (): Promise<number> => {
    const started = performance.now()
    for (const step of ['a', 'b']) {
      const name = `bare-${count++}-${step}`
      await kubectl(['-n', namespace, 'create', '-f', '-'], barePod(name))
      await kubectl([
        '-n',
        namespace,
        'wait',
        `pod/${name}`,
        '--for=jsonpath={.status.phase}=Succeeded',
        '--timeout=60s',
      ])
    }
    return performance.now() - started
  }
  return await alternate(5, workflow, barePods)
}

/** Three containers, as many volumes as a workflow pod has, and nothing to do. */
function barePod(name: string): unknown {
  const container = (role: string): unknown => ({
    name: role,
    image: 'busybox:stable',
    command: ['true'],
    volumeMounts: [{ name: 'shared', mountPath: '/shared' }],
  })
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      restartPolicy: 'Never',
      volumes: [
        { name: 'shared', emptyDir: {} },
        { name: 'tmp', emptyDir: {} },
      ],
      initContainers: [container('init')],
      containers: [container('wait'), container('main')],
    },
  }
}

async function wall(file: string, words: readonly string[]): Promise<number> {
  const started = performance.now()
  await execa(file, words)
  return performance.now() - started
}
