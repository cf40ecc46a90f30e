// Boxes by themselves: very short commands, boxes that die early, boxes that nobody wants.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createBoxPool } from '../../src/local/box/box-pool.ts'
import type { BoxSpec } from '../../src/local/box/box-spec.ts'
import { chooseRoot } from '../../src/local/box/choose-root.ts'
import { launchBox, type BoxLauncher } from '../../src/local/box/launch-box.ts'
import { namespaceWords } from '../../src/local/box/namespaces.ts'
import { argoexecPath } from '../rig/argoexec.ts'
import { processesWith } from '../rig/laptop.ts'
import { describeNeeding } from '../rig/needs.ts'
import { until } from '../rig/until.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'argo-box-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0]
const launcher = (): BoxLauncher => ({ program: [argoexecPath()], namespaces: namespaceWords(uid, gid) })

function specOf(name: string, ...words: readonly string[]): BoxSpec {
  const stage = join(folder, name)
  mkdirSync(stage)
  return {
    root: chooseRoot(uid, []),
    stage,
    hostname: name,
    mounts: [],
    folders: [],
    workingDir: '/',
    env: { PATH: '/usr/bin:/bin' },
    run: { type: 'command', words },
  }
}

describeNeeding({ namespaces: true }, 'boxes', () => {
  // So many that their ends are heard of before their starts are: both are told, in whatever order they come.
  test('many short commands at once', { timeout: 60_000 }, async () => {
    const pool = createBoxPool(launcher(), 3)
    const codes = await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const box = pool.take()
        box.output.resume()
        await box.start(specOf(`many-${index}`, 'sh', '-c', `exit ${index}`))
        return (await box.ended).exitCode
      }),
    )
    expect(codes).toEqual(Array.from({ length: 60 }, (_, index) => index))
    await pool.close()
  })

  test('a namespace that is refused: the start fails with the words of the program that was refused', async () => {
    const box = launchBox({ ...launcher(), namespaces: ['/usr/bin/unshare', '--no-such-flag'] })
    await expect(box.start(specOf('refused', 'true'))).rejects.toThrow('--no-such-flag')
  })

  test('a missing command, a killed one, a view that cannot be built', { timeout: 30_000 }, async () => {
    const pool = createBoxPool(launcher(), 3)
    const missing = pool.take()
    missing.output.resume()
    await missing.start(specOf('missing', 'no-such-command'))
    expect(await missing.ended).toEqual({ exitCode: 127 })
    const killed = pool.take()
    killed.output.resume()
    await killed.start(specOf('killed', 'sleep', '1000'))
    killed.kill('SIGKILL')
    expect((await killed.ended).exitCode).toBe(137)
    const broken = pool.take()
    const mount = { source: '/no/such/folder', target: '/x', type: 'folder', readOnly: true } as const
    await expect(broken.start({ ...specOf('broken', 'true'), mounts: [mount] })).rejects.toThrow(
      '/no/such/folder',
    )
    await pool.close()
  })
})

// Tied by nothing but their session: what an ordinary user has where namespaces are refused.
describe('a box without namespaces', () => {
  const start = async (name: string, script: string) => {
    const box = launchBox({ program: [argoexecPath()], namespaces: [] })
    const said: string[] = []
    box.output.on('data', (chunk: Buffer) => said.push(String(chunk)))
    const spec = specOf(name, 'sh', '-c', script)
    await box.start({ ...spec, root: { type: 'none', path: spec.stage } })
    return { box, said }
  }
  const ofMine = (seconds: string): number => processesWith(`sleep\0${seconds}`).length

  test('its end takes with it what it left in the background', { timeout: 30_000 }, async () => {
    const seconds = `3000.${process.pid}`
    const { box } = await start('background', `sleep ${seconds} & exit 3`)
    expect((await box.ended).exitCode).toBe(3)
    await until('the background process is gone', () => ofMine(seconds) === 0)
  })

  test('SIGKILL takes its children with it, also in sessions of their own', { timeout: 30_000 }, async () => {
    const seconds = `3001.${process.pid}`
    const { box, said } = await start(
      'killed',
      `sleep ${seconds} & setsid sleep ${seconds} & echo ready; wait`,
    )
    await until('both run', () => said.join('').includes('ready') && ofMine(seconds) === 2)
    box.kill('SIGKILL')
    expect((await box.ended).exitCode).toBe(137)
    await until('all are gone', () => ofMine(seconds) === 0)
  })
})
