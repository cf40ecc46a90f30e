// Kills a controller again and again in the middle of its calls and expects the same end every time, with one pod for
// each node.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { expect } from 'vitest'
import { resources } from '../../src/kube/api.ts'
import { labels } from '../../src/pod/names.ts'
import { namespace, startControllerRig, type ControllerRig } from './controller-rig.ts'
import { report } from './report.ts'
import { startKillingProxy } from './killing-proxy.ts'
import type { Pod } from '../../src/controller/pod/pod-types.ts'
import type { Workflow } from '../../src/spec/types.ts'

const program = join(import.meta.dirname, '../fixtures/controller/run-controller.ts')

const manifest = (name: string): string => `
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: ${name}}
spec:
  entrypoint: main
  onExit: bye
  templates:
  - name: main
    steps:
    - - {name: gen, template: gen}
    - - name: each
        template: cmd
        arguments: {parameters: [{name: text, value: "{{item}}"}]}
        withParam: "{{steps.gen.outputs.result}}"
      - {name: never, template: gen, when: "1 == 2"}
    - - {name: graph, template: graph}
  - name: graph
    dag:
      tasks:
      - {name: a, template: gen}
      - {name: b, template: cmd, depends: a, arguments: {parameters: [{name: text, value: "{{tasks.a.outputs.result}}"}]}}
      - {name: bad, template: bad, depends: a}
      - {name: rescue, template: gen, depends: "b && bad.Failed"}
  - name: gen
    container: {image: busybox, command: [sh]}
  - name: bad
    container: {image: busybox, command: ["false"]}
  - name: cmd
    inputs: {parameters: [{name: text}]}
    container: {image: busybox, command: [echo], args: ["{{inputs.parameters.text}}"]}
  - name: bye
    container: {image: busybox, command: [echo], args: ["{{workflow.status}}"]}
`

/** Reports how many kills there were in how many workflows. */
export async function expectSameEndAfter(kills: number): Promise<void> {
  await using rig = await startControllerRig({
    controller: false,
    script: (node) =>
      node.endsWith('.bad')
        ? { exitCode: 1 }
        : node.endsWith('gen') || node.endsWith('.a')
          ? { outputs: { result: '["x","y"]' } }
          : undefined,
  })
  await using proxy = await startKillingProxy(Number(new URL(rig.local.url).port))
  const folder = mkdtempSync(join(tmpdir(), 'killed-'))
  const caFile = join(folder, 'ca.pem')
  writeFileSync(caFile, rig.local.caPem)
  // As one file it starts in a fifth of the time.
  const bundle = join(folder, 'controller.cjs')
  await build({
    entryPoints: [program],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  })
  const start = (): ChildProcess =>
    spawn(
      process.execPath,
      ['--no-warnings', bundle, `https://127.0.0.1:${proxy.port}`, caFile, rig.local.token, namespace],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    )
  const random = seeded(20260102)
  let done = 0
  let child: ChildProcess | undefined
  try {
    // The reference: never killed.
    await rig.submit(manifest('calm'))
    child = start()
    const calm = summary(await rig.ended('calm'))
    await end(child)
    let workflows = 0
    while (done < kills) {
      const name = `killed-${workflows++}`
      await rig.submit(manifest(name))
      const ending = rig.ended(name).then((workflow) => ({ workflow }))
      let result: Awaited<typeof ending> | undefined
      while (result === undefined) {
        child = start()
        const exit = once(child, 'exit')
        const target = child
        if (done < kills)
          proxy.arm(14 + Math.floor(random() * 36), random() < 0.5, () => target.kill('SIGKILL'))
        else proxy.disarm()
        const raced = await Promise.race([ending, exit.then(() => undefined)])
        if (raced === undefined) done++
        else result = raced
      }
      proxy.disarm()
      await end(child)
      expect(summary(result.workflow)).toEqual(calm)
      expectOnePodEach(rig, name)
    }
    // What the last of them left open a new one closes.
    child = start()
    await expectSettled(rig)
    report(
      `${done} kills, ${workflows} workflows, ${Object.keys(calm.nodes).length} nodes each, the same end every time`,
    )
  } finally {
    if (child !== undefined) await end(child)
    rmSync(folder, { recursive: true, force: true })
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}

/** What must not depend on when the controller was killed: all but names with hashes, and times. */
function summary({ metadata, status }: Workflow): {
  readonly phase: unknown
  readonly nodes: Record<string, unknown>
} {
  const plain = (text: string): string => text.replaceAll(metadata.name ?? '', 'W').replace(/W-\d+/g, 'W-N')
  const nodes = Object.values(status?.nodes ?? {}).map(({ startedAt: _s, finishedAt: _f, ...node }) => [
    plain(node.name),
    JSON.parse(
      plain(
        JSON.stringify({
          ...node,
          children: node.children?.length,
          outboundNodes: node.outboundNodes?.length,
        }),
      ),
    ) as unknown,
  ])
  return {
    phase: [status?.phase, status?.progress, status?.conditions],
    nodes: Object.fromEntries(nodes) as Record<string, unknown>,
  }
}

function expectOnePodEach(rig: ControllerRig, name: string): void {
  for (const [node, uids] of rig.kubelet.seen)
    if (node.startsWith(name)) expect([node, uids.size]).toEqual([node, 1])
}

async function expectSettled(rig: ControllerRig): Promise<void> {
  const open = async (): Promise<readonly number[]> => [
    (await rig.api.list(resources.taskResults, namespace)).items.length,
    (await rig.api.list<Pod>(resources.pods, namespace, { labelSelector: `${labels.completed}=false` })).items
      .length,
  ]
  await expect.poll(open, { timeout: 20_000 }).toEqual([0, 0])
}

/** A sequence that is the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
