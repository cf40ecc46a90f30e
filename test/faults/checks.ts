// Promises that executables are held to, each as a function that throws where it is broken: the shipped one must keep
// them all, and one from which a safeguard was taken out must be caught by its check.

import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { unpack } from '../../src/archive/unpack.ts'
import { resources, type KubeObject } from '../../src/kube/api.ts'
import { labels } from '../../src/pod/names.ts'
import { stagedArtifact } from '../../src/pod/paths.ts'
import type { Template } from '../../src/spec/types.ts'
import { openBuiltPod, type BuiltPod, type TaskResult } from '../rig/built-pod.ts'
import { until } from '../rig/until.ts'

export type Check = (program?: string) => Promise<void>

const mebibyte = 1024 * 1024

function withArtifacts(pod: BuiltPod, ...names: readonly string[]): Template {
  return {
    container: { image: 'i' },
    outputs: {
      parameters: [{ name: 'p', valueFrom: { path: '/out/p' } }],
      artifacts: names.map((name) => ({ name, path: `/out/${name}` })),
    },
    archiveLocation: { s3: pod.s3('wf/step-1') },
  }
}

async function started(template: Template, pod: BuiltPod): Promise<void> {
  const { exitCode, stderr } = await pod.init(template)
  expect(exitCode, String(stderr)).toBe(0)
}

/** Where main stages outputs, as the host sees it. */
function staged(pod: BuiltPod, name: string): string {
  return stagedArtifact(`/out/${name}`, pod.box.volume('var-run-argo'))
}

/** Wait may read as soon as the exit code is there. */
export async function exitCodeComesLast(program?: string): Promise<void> {
  await using pod = await openBuiltPod(program)
  await started(withArtifacts(pod, 'big'), pod)
  const script = `mkdir /out; echo P >/out/p; head -c ${20 * mebibyte} /dev/urandom >/out/big`
  const [ran, waited] = await Promise.all([pod.main(['sh', '-c', script]), pod.wait()])
  expect(ran.exitCode).toBe(0)
  expect(waited.exitCode, String(waited.stderr)).toBe(0)
  expect((await pod.result()).outputs?.artifacts?.map(({ name }) => name)).toEqual(['big'])
  await expectWhole(pod, 'big', 20 * mebibyte)
}

/** A step whose archive does not fit fails, keeps what did fit, and leaves nothing torn in the store. */
export async function fullDiskUploadsNothingTorn(program?: string): Promise<void> {
  await using pod = await openBuiltPod(program)
  await started(withArtifacts(pod, 'big', 'small'), pod)
  await pod.box.smallDisk('var-run-argo/outputs', '512k')
  const script = `mkdir /out; echo P >/out/p; echo s >/out/small; head -c ${8 * mebibyte} /dev/urandom >/out/big`
  const [ran, waited] = await Promise.all([pod.main(['sh', '-c', script]), pod.wait()])
  expect(ran.exitCode).toBe(64)
  expect(pod.box.terminationMessage('main')).toMatch(
    /^failed to tarball the output \/out\/big to .*(?:ENOSPC|no space left)/,
  )
  expect(waited.exitCode, String(waited.stderr)).toBe(64)
  const { outputs } = await pod.result()
  expect(outputs?.parameters).toMatchObject([{ name: 'p', value: 'P' }])
  expect(outputs?.artifacts?.map(({ name }) => name)).toEqual(['small'])
  expect(existsSync(pod.object('wf/step-1/big.tgz'))).toBe(false)
  await expectWhole(pod, 'small', 2)
}

/** The controller goes on as soon as it sees the label, so by then everything must have been said. */
export async function completionComesLast(program?: string): Promise<void> {
  await using pod = await openBuiltPod(program)
  await started(withArtifacts(pod, 'a'), pod)
  const { metadata } = await pod.api.api.list(resources.taskResults, 'argo')
  const running = Promise.all([
    pod.main(['sh', '-c', 'mkdir /out; echo P >/out/p; echo A >/out/a']),
    pod.wait(),
  ])
  for await (const { object } of pod.api.api.watch<KubeObject>(resources.taskResults, 'argo', {
    resourceVersion: metadata.resourceVersion,
  })) {
    if (object.metadata.labels?.[labels.reportOutputsCompleted] !== 'true') continue
    expect((object as TaskResult).outputs).toMatchObject({
      parameters: [{ name: 'p', value: 'P' }],
      artifacts: [{ name: 'a' }],
    })
    break
  }
  await expectWhole(pod, 'a', 2)
  const [, waited] = await running
  expect(waited.exitCode, String(waited.stderr)).toBe(0)
}

/** Main is killed while it stages the second of two outputs: the first is whole, of the second there is nothing. */
export async function killedMainLeavesWholeOutputs(program?: string): Promise<void> {
  await using pod = await openBuiltPod(program)
  await started(withArtifacts(pod, 'small', 'big'), pod)
  const waiting = pod.wait()
  const running = pod.main([
    'sh',
    '-c',
    'mkdir /out; echo P >/out/p; echo s >/out/small; truncate -s 64G /out/big',
  ])
  const beingWritten = (): boolean => {
    const folder = join(staged(pod, 'big'), '..')
    if (!existsSync(folder)) return false
    const [name] = readdirSync(folder).filter((one) => one.startsWith('big'))
    return name !== undefined && statSync(join(folder, name)).size > 0
  }
  await until('main stages the second output', beingWritten)
  const killed = performance.now()
  running.kill('SIGKILL')
  const waited = await waiting
  expect(performance.now() - killed).toBeLessThan(5000)
  expect(waited.exitCode).toBe(64)
  expect(pod.box.terminationMessage('wait')).toBe('main was killed (signal 9)')
  const { outputs, metadata } = await pod.result()
  expect(metadata.labels?.[labels.reportOutputsCompleted]).toBe('true')
  expect(outputs?.parameters).toMatchObject([{ name: 'p', value: 'P' }])
  expect(outputs?.artifacts?.map(({ name }) => name)).toEqual(['small'])
  expect(existsSync(pod.object('wf/step-1/big.tgz'))).toBe(false)
  await expectWhole(pod, 'small', 2)
}

/** The object unpacks to as many bytes as the step wrote. */
export async function expectWhole(pod: BuiltPod, name: string, sizeBytes: number): Promise<void> {
  const target = join(pod.folder, `unpacked-${name}`)
  await unpack('tar', pod.object(`wf/step-1/${name}.tgz`), target)
  expect(statSync(target).size).toBe(sizeBytes)
}
