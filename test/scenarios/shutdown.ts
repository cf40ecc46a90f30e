// A workflow that is told to stop while a step runs, and what must be true of its end under Stop and under Terminate.

import { expect } from 'vitest'
import { until } from '../rig/until.ts'
import { outcomes, sh, workflow, type View } from './scenario.ts'

export const strategies = ['Stop', 'Terminate'] as const

/** `slow` writes its output when it is told to end; `after` must never start; `bye` runs under Stop alone. */
export const stoppable = workflow(
  [
    { name: 'main', steps: [[{ name: 'slow', template: 'slow' }], [{ name: 'after', template: 'ok' }]] },
    sh('slow', "trap 'echo partial >/tmp/o; exit 7' TERM; echo started; sleep 300 & wait", {
      outputs: { parameters: [{ name: 'o', valueFrom: { path: '/tmp/o', default: 'none' } }] },
    }),
    sh('bye', 'true'),
    ...outcomes,
  ],
  { onExit: 'bye' },
)

type Strategy = (typeof strategies)[number]

/**
 * Waits until `slow` runs and its report is known, then patches the Workflow. `kubectl` resolves with standard output and
 * rejects on failure.
 */
export async function shutDown(
  kubectl: (words: readonly string[]) => Promise<string>,
  name: string,
  strategy: Strategy,
): Promise<void> {
  const logs = ['logs', '-l', `workflows.argoproj.io/workflow=${name}`, '-c', 'main']
  await until('slow runs', async () => (await kubectl(logs).catch(() => '')).includes('started'))
  const status = ['get', 'workflow', name, '-o', 'jsonpath={.status.nodes.*.taskResultSynced}']
  await until('its report is known', async () => (await kubectl(status)).includes('false'))
  const patch = JSON.stringify({ spec: { shutdown: strategy } })
  await kubectl(['patch', 'workflow', name, '--type=merge', '-p', patch])
}

export function judgeShutdown(strategy: Strategy, name: string, view: View): void {
  const story = JSON.stringify(view.nodes, null, 1).slice(0, 4000)
  expect(view.phase, story).toBe('Failed')
  expect(view.message, story).toBe(`Stopped with strategy '${strategy}'`)
  const slow = view.nodes['slow']
  expect(slow?.phase, story).toBe('Failed')
  // The message of the shutdown, unless the end of the pod was seen before the workflow ended.
  expect(slow?.message, story).toMatch(/^workflow shutdown with strategy: {2}\w+$|exit code 7/)
  expect(slow?.outputs?.parameters?.[0]?.value, story).toBe('partial')
  expect(view.nodes['after'], story).toBeUndefined()
  expect(view.nodes[`${name}.onExit`]?.phase, story).toBe(strategy === 'Stop' ? 'Succeeded' : undefined)
}
