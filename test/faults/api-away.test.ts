// An API server that goes away for a minute while a step ends, as the built wait meets it.

import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { labels } from '../../src/pod/names.ts'
import { startBreakableLine, type BreakableLine } from '../rig/breakable-line.ts'
import { openBuiltPod } from '../rig/built-pod.ts'
import { describeNeeding } from '../rig/needs.ts'
import { until } from '../rig/until.ts'

const awayMs = 60_000
const patient = { timeout: 200_000 }

/** A step whose API server is taken away before main ends, and comes back a minute later. */
async function stepWithout(leave: (line: BreakableLine) => Promise<void>): Promise<void> {
  await using pod = await openBuiltPod()
  await using line = await startBreakableLine(Number(new URL(pod.api.url).port))
  const started = await pod.init({
    container: { image: 'i' },
    outputs: {
      parameters: [{ name: 'p', valueFrom: { path: '/out/p' } }],
      artifacts: [{ name: 'a', path: '/out/a' }],
    },
    archiveLocation: { s3: pod.s3('wf/step-1') },
  })
  expect(started.exitCode, started.stderr).toBe(0)
  const waiting = pod.wait({ KUBERNETES_SERVICE_PORT: String(line.port) })
  const running = pod.main(['sh', '-c', 'read go; mkdir /out; echo P >/out/p; echo A >/out/a; echo said'])
  await until('wait has made its task result', () =>
    pod.result().then(
      () => true,
      () => false,
    ),
  )
  await leave(line)
  running.stdin.end('go\n')
  expect((await running).exitCode).toBe(0)
  // The fault itself lasts so long.
  await pause(awayMs)
  expect((await pod.result()).outputs).toBeUndefined()
  await line.up()
  const waited = await waiting
  expect(waited.exitCode, waited.stderr).toBe(0)
  expect(waited.stderr).toContain('trying again')
  expect(await pod.result()).toMatchObject({
    metadata: { labels: { [labels.reportOutputsCompleted]: 'true' } },
    outputs: { parameters: [{ name: 'p', value: 'P' }], artifacts: [{ name: 'a' }], result: 'said' },
  })
}

describeNeeding(
  { namespaces: true, programs: ['unshare', 'chroot'] },
  'an API server that is away for 60 s at the end of a step',
  () => {
    test.concurrent('refuses connections: nothing is lost', patient, () => stepWithout((line) => line.down()))

    test.concurrent('swallows what it is sent: nothing is lost', patient, () =>
      stepWithout((line) => line.silence()),
    )
  },
)
