// Full disks and kills around one pod of the built executable. What ends well under test/process and test/contract is
// not repeated here; docs/faults.md has the whole list.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { labels } from '../../src/pod/names.ts'
import { openBuiltPod } from '../rig/built-pod.ts'
import { fuzzed } from '../rig/fuzz-size.ts'
import { describeNeeding } from '../rig/needs.ts'
import { until } from '../rig/until.ts'
import {
  completionComesLast,
  exitCodeComesLast,
  expectWhole,
  fullDiskUploadsNothingTorn,
  killedMainLeavesWholeOutputs,
} from './checks.ts'

const needs = { namespaces: true, programs: ['unshare', 'nsenter', 'chroot'] }
const mebibyte = 1024 * 1024
const kills = fuzzed(8)

describeNeeding(needs, 'the disk', () => {
  test('is full while main writes an archive: the step fails, nothing torn is uploaded', () =>
    fullDiskUploadsNothingTorn())

  test('is full while wait packs an output: that one fails, the others are uploaded', async () => {
    await using pod = await openBuiltPod()
    const started = await pod.init({
      container: { image: 'i', volumeMounts: [{ name: 'work', mountPath: '/work' }] },
      outputs: {
        artifacts: [
          { name: 'big', path: '/work/big' },
          { name: 'plain', path: '/work/big', archive: { none: {} } },
          { name: 'small', path: '/work/small' },
        ],
      },
      archiveLocation: { s3: pod.s3('wf/step-1') },
    })
    expect(started.exitCode).toBe(0)
    await pod.box.smallDisk('tmp', '512k')
    const script = `echo s >/work/small; head -c ${8 * mebibyte} /dev/urandom >/work/big`
    const [ran, waited] = await Promise.all([pod.main(['sh', '-c', script]), pod.wait({}, { '/tmp': 'tmp' })])
    expect(ran.exitCode).toBe(0)
    expect(waited.exitCode).toBe(64)
    expect(pod.box.terminationMessage('wait')).toMatch(/ENOSPC/)
    expect((await pod.result()).outputs?.artifacts?.map(({ name }) => name)).toEqual(['plain', 'small'])
    expect(existsSync(pod.object('wf/step-1/big.tgz'))).toBe(false)
    expect(readFileSync(pod.object('wf/step-1/big'))).toHaveLength(8 * mebibyte)
    await expectWhole(pod, 'small', 2)
  })
})

describeNeeding(needs, 'wait', () => {
  test('tells of completion after everything else', () => completionComesLast())
})

describeNeeding(needs, 'main', () => {
  test('leaves its exit code when the last output is whole', () => exitCodeComesLast())

  test('killed while it stages outputs: whole ones are reported', () => killedMainLeavesWholeOutputs())

  test(
    'killed at any moment: the step ends, and what is reported is whole',
    { timeout: 60_000 + kills * 5000 },
    async () => {
      const names = ['a', 'b', 'c', 'd']
      const size = 2 * mebibyte
      for (let round = 0; round < kills; round++) {
        await using pod = await openBuiltPod()
        const started = await pod.init({
          container: { image: 'i' },
          outputs: {
            parameters: [{ name: 'p', valueFrom: { path: '/out/p', default: 'none' } }],
            artifacts: names.map((name) => ({ name, path: `/out/${name}`, optional: true })),
          },
          archiveLocation: { s3: pod.s3('wf/step-1') },
        })
        expect(started.exitCode).toBe(0)
        const script = `mkdir /out; echo P >/out/p; for n in ${names.join(' ')}; do head -c ${size} /dev/urandom >/out/$n; done`
        const waiting = pod.wait()
        const running = pod.main(['sh', '-c', script])
        const delayMs = Math.random() * 400
        await until('main runs', () => existsSync(join(pod.box.volume('var-run-argo'), 'ctr/main/started')))
        const timer = setTimeout(() => running.kill('SIGKILL'), delayMs)
        const ran = await running
        clearTimeout(timer)
        const waited = await waiting
        const said = `round ${round}, killed after ${delayMs} ms: ${String(waited.stderr)}`
        const killed = !existsSync(join(pod.box.volume('var-run-argo'), 'ctr/main/exitcode'))
        expect(waited.exitCode, said).toBe(killed ? 64 : 0)
        expect(pod.box.terminationMessage('wait'), said).toBe(killed ? 'main was killed (signal 9)' : '')
        if (!killed && ran.signal === undefined) expect(ran.exitCode).toBe(0)
        const { outputs, metadata } = await pod.result()
        expect(metadata.labels?.[labels.reportOutputsCompleted], said).toBe('true')
        expect(['P', 'none']).toContain(outputs?.parameters?.[0]?.value)
        const reported = outputs?.artifacts?.map(({ name }) => name) ?? []
        if (!killed) expect(reported, said).toEqual(names)
        for (const name of names) {
          if (reported.includes(name)) await expectWhole(pod, name, size)
          else expect(existsSync(pod.object(`wf/step-1/${name}.tgz`)), said).toBe(false)
        }
      }
    },
  )
})
