// A run that ends before its time: by kill -9, by Ctrl-C, by two of them. Nothing of it may be left.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import {
  mountNamespaces,
  mountNamespacesBelow,
  openLaptop,
  processesWith,
  shellWorkflow,
  type Laptop,
} from '../rig/laptop.ts'
import { describeNeeding } from '../rig/needs.ts'

/** A command line that nobody else has, to find what a step has started. */
function uniqueSeconds(): string {
  return `${3000 + Math.floor(Math.random() * 1000)}.${process.pid}`
}

/** A step with a child, and a daemon in a session of its own. */
function daemons(seconds: string): unknown {
  return shellWorkflow(`setsid sleep ${seconds} & (setsid sleep ${seconds} &) ; sleep ${seconds} & wait`)
}

/** Waits for what must come; gives up after ten seconds with what it saw last. */
async function eventually<T>(look: () => T, isRight: (value: T) => boolean): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    const value = look()
    if (isRight(value) || attempt === 500) return value
    await pause(20)
  }
}

const sleepers = (seconds: string) => (): number => processesWith(`sleep\0${seconds}`).length

describeNeeding({ namespaces: true, programs: ['setpriv', 'unshare'] }, 'kill -9 of argo run', () => {
  for (const ordinary of [true, false]) {
    test(
      `leaves no process and no mount${ordinary ? ', ordinary user' : ''}`,
      { timeout: 60_000 },
      async () => {
        await using laptop = openLaptop({ ordinary })
        const seconds = uniqueSeconds()
        const file = laptop.file('daemons.json', daemons(seconds))
        const mounts = readFileSync('/proc/self/mounts', 'utf8')
        const own = mountNamespacesBelow(process.pid)
        const child = laptop.start(['run', file, '--isolation', 'namespace'])
        expect(await eventually(sleepers(seconds), (count) => count === 3)).toBe(3)
        const boxes = [...mountNamespacesBelow(child.pid ?? 0)].filter((id) => !own.has(id))
        expect(boxes.length).toBeGreaterThan(0)
        child.kill('SIGKILL')
        await child
        expect(await eventually(sleepers(seconds), (count) => count === 0)).toBe(0)
        const left = (): readonly string[] => boxes.filter((id) => mountNamespaces().has(id))
        expect(await eventually(left, (ids) => ids.length === 0)).toEqual([])
        expect(readFileSync('/proc/self/mounts', 'utf8')).toBe(mounts)
        await expectBuried(laptop)
      },
    )
  }
})

/** The next command finds the killed run and brings it to its end. */
async function expectBuried(laptop: Laptop): Promise<void> {
  const result = await laptop.argo('get', 'test', '-o', 'json')
  const { status } = JSON.parse(String(result.stdout)) as {
    status: { phase: string; message: string; nodes: Record<string, { phase: string }> }
  }
  expect(status).toMatchObject({ phase: 'Error', message: 'argo run was killed' })
  expect(Object.values(status.nodes).map(({ phase }) => phase)).not.toContain('Running')
  expect(readdirSync(join(laptop.state, 'pods'))).toEqual([])
}

describe('Ctrl-C', () => {
  test('the first one ends steps by SIGTERM, and the run with 130', { timeout: 60_000 }, async () => {
    await using laptop = openLaptop()
    const file = laptop.file(
      'patient.json',
      shellWorkflow('trap "echo told; exit 7" TERM; echo ready; sleep 3000 & wait'),
    )
    const child = laptop.start(['run', file, '--log'])
    await printed(child, 'ready')
    child.kill('SIGINT')
    const { exitCode, stdout } = await child
    expect(exitCode).toBe(130)
    expect(stdout).toContain('told')
    expect(existsSync(join(laptop.state, 'pods')) && readdirSync(join(laptop.state, 'pods'))).toEqual([])
  })

  test('the second one ends everything at once', { timeout: 60_000 }, async () => {
    await using laptop = openLaptop()
    const seconds = uniqueSeconds()
    const file = laptop.file(
      'stubborn.json',
      shellWorkflow(`trap "echo told" TERM; echo ready; while :; do sleep ${seconds} & wait; done`),
    )
    const child = laptop.start(['run', file, '--log'])
    await printed(child, 'ready')
    child.kill('SIGINT')
    await printed(child, 'told')
    child.kill('SIGINT')
    expect((await child).exitCode).toBe(130)
    expect(await eventually(sleepers(seconds), (count) => count === 0)).toBe(0)
    const result = await laptop.argo('get', 'test', '-o', 'json')
    // Whoever comes first says it: the controller that stops the workflow, or the run that gives it up.
    const { status } = JSON.parse(String(result.stdout)) as { status: { phase: string; message: string } }
    expect(["Failed: Stopped with strategy 'Stop'", 'Error: argo run was interrupted']).toContain(
      `${status.phase}: ${status.message}`,
    )
  })
})

/** Resolves when standard output has shown `text`; rejects when it ends without. */
function printed(child: ReturnType<Laptop['start']>, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      seen += String(chunk)
      if (seen.includes(text)) resolve()
    })
    child.stdout?.once('end', () =>
      reject(new Error(`the run ended without ${JSON.stringify(text)}: ${seen}`)),
    )
  })
}
