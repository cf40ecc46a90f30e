// A running `argo run` that somebody else stops through its API, with the kubeconfig that lies in its state.

import { execa } from 'execa'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLaptop } from '../rig/laptop.ts'
import { describeNeeding } from '../rig/needs.ts'
import { viewOf } from '../scenarios/judge.ts'
import { judgeShutdown, shutDown, stoppable, strategies } from '../scenarios/shutdown.ts'

describeNeeding({ programs: ['kubectl'] }, 'shutdown of argo run', () => {
  test.for(strategies)('%s while a step runs', { timeout: 60_000 }, async (strategy) => {
    await using laptop = openLaptop()
    const name = strategy.toLowerCase()
    const file = laptop.file('stoppable.json', { ...stoppable, metadata: { name } })
    const running = laptop.start(['run', file, '-o', 'json'])
    const env = { KUBECONFIG: join(laptop.state, 'kubeconfig'), HOME: laptop.folder }
    await shutDown(async (words) => (await execa('kubectl', words, { env })).stdout, name, strategy)
    const { exitCode, stdout, stderr } = await running
    expect(String(stdout), String(stderr)).toMatch(/^\{/)
    judgeShutdown(strategy, name, viewOf(String(stdout)))
    expect(exitCode, String(stderr)).toBe(1)
  })
})
