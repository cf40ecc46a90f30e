// `argo logs -f` beside a run: all that the steps print, as it comes, until the end of the workflow.

import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { ResultPromise } from 'execa'
import { expect, test } from 'vitest'
import { openLaptop, type Laptop } from '../rig/laptop.ts'
import { describeNeeding } from '../rig/needs.ts'

const patient = { timeout: 30_000 }

/** Two steps; each prints, waits for its gate, and prints again. */
function gated(laptop: Laptop): readonly string[] {
  const gates = join(laptop.folder, 'gates')
  mkdirSync(gates)
  const step = (name: string): unknown => ({
    name,
    container: {
      image: 'busybox',
      command: [
        'sh',
        '-c',
        `echo ${name} begins; until test -e /gates/${name}; do sleep 0.05; done; echo ${name} ends`,
      ],
      volumeMounts: [{ name: 'gates', mountPath: '/gates' }],
    },
  })
  const workflow = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: { name: 'gated' },
    spec: {
      entrypoint: 'both',
      volumes: [{ name: 'gates', hostPath: { path: gates } }],
      templates: [
        {
          name: 'both',
          steps: [[{ name: 'one', template: 'one' }], [{ name: 'two', template: 'two' }]],
        },
        step('one'),
        step('two'),
      ],
    },
  }
  return ['run', laptop.file('w.json', workflow), '--allow-host-path', gates]
}

function openGate(laptop: Laptop, name: string): void {
  writeFileSync(join(laptop.folder, 'gates', name), '')
}

/** Resolves when the program has printed `text`; what it printed stays in its result. */
function printed(child: ResultPromise, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let all = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      all += String(chunk)
      if (all.includes(text)) resolve()
    })
    child.stdout?.once('end', () => reject(new Error(`it never printed ${JSON.stringify(text)}: ${all}`)))
  })
}

describeNeeding({ namespaces: true }, 'argo logs -f', () => {
  test('gives out what comes, and ends with the workflow', patient, async () => {
    await using laptop = openLaptop()
    const run = laptop.start(gated(laptop))
    await printed(run, 'one')
    const all = laptop.start(['logs', '-f', 'gated'])
    const later = laptop.start(['logs', '--follow', 'gated', 'two'])
    await printed(all, 'one: one begins')
    openGate(laptop, 'one')
    await printed(later, 'two begins')
    openGate(laptop, 'two')
    expect((await all).stdout).toBe('one: one begins\none: one ends\ntwo: two begins\ntwo: two ends')
    expect((await later).stdout).toBe('two begins\ntwo ends')
    expect((await run).exitCode).toBe(0)
    expect((await laptop.argo('logs', '-f', 'gated', 'one')).stdout).toBe('one begins\none ends')
    const wrong = await laptop.argo('logs', '-f', 'gated', 'onne')
    expect([wrong.exitCode, wrong.stderr]).toEqual([1, expect.stringContaining('did you mean one?')])
  })

  test('ends when nobody reads any more', patient, async () => {
    await using laptop = openLaptop()
    const run = laptop.start(gated(laptop))
    await printed(run, 'one')
    const follower = laptop.start(['logs', '-f', 'gated'], { buffer: false })
    await once(follower.stdout as Readable, 'data')
    follower.stdout?.destroy()
    openGate(laptop, 'one')
    expect((await follower).exitCode).toBe(0)
    openGate(laptop, 'two')
    expect((await run).exitCode).toBe(0)
  })

  test('ends when the run is killed', patient, async () => {
    await using laptop = openLaptop()
    const run = laptop.start(gated(laptop))
    await printed(run, 'one')
    const follower = laptop.start(['logs', '-f', 'gated'])
    await printed(follower, 'one begins')
    run.kill('SIGKILL')
    expect((await follower).exitCode).toBe(0)
    expect((await laptop.argo('get', 'gated')).stdout).toContain('argo run was killed')
  })
})
