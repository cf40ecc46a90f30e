// Workflows that no sane person writes, given to the built `argo run`: each ends by itself and says why.

import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLaptop, shellWorkflow } from '../rig/laptop.ts'
import { describeNeeding } from '../rig/needs.ts'
import { until } from '../rig/until.ts'

const patient = { timeout: 120_000 }
const megabyte = 1_000_000

type Fields = Readonly<Record<string, unknown>>

function workflow(...templates: readonly Fields[]): unknown {
  const shell = shellWorkflow('echo ran') as { spec: Fields }
  return { ...shell, spec: { ...shell.spec, templates } }
}

const pod = { name: 'pod', container: { image: 'busybox', command: ['sh', '-c', 'echo ran'] } }

describeNeeding({ namespaces: true }, 'argo run', () => {
  test.each(['one script', 'thousands of templates'])('takes 10 MB: %s', patient, async (what) => {
    await using laptop = openLaptop()
    const filler = `#${'z'.repeat(1000)}\n`
    const isScript = what === 'one script'
    const script = (source: string): Fields => ({ script: { image: 'busybox', command: ['sh'], source } })
    const main = { name: 'main', ...script(isScript ? `echo ran\n${filler.repeat(10_000)}` : 'echo ran') }
    const others = Array.from({ length: isScript ? 0 : 9500 }, (_, index) => ({
      name: `t${index}`,
      ...script(filler),
    }))
    const content = JSON.stringify(workflow(main, ...others))
    expect(content.length).toBeGreaterThan(10 * megabyte)
    const result = await laptop.argo('run', laptop.file('big.json', content), '--log')
    expect(result.exitCode, String(result.stderr)).toBe(0)
    expect(result.stdout).toContain('ran')
  })

  test('ends templates that call themselves for ever', patient, async () => {
    await using laptop = openLaptop()
    const main = { name: 'main', steps: [[{ name: 'again', template: 'main' }]] }
    const result = await laptop.argo('run', laptop.file('w.json', workflow(main)))
    expect(result.exitCode).toBe(1)
    expect(String(result.stdout).split('\n').at(-2)).toMatch(/error: Maximum recursion depth exceeded$/)
  })

  test('ends two templates that call each other and start a pod in every round', patient, async () => {
    await using laptop = openLaptop()
    const main = { name: 'main', dag: { tasks: [{ name: 'down', template: 'second' }] } }
    const second = {
      name: 'second',
      steps: [
        [
          { name: 'pod', template: 'pod' },
          { name: 'back', template: 'main' },
        ],
      ],
    }
    const result = await laptop.argo('run', laptop.file('w.json', workflow(main, second, pod)))
    expect(result.exitCode).toBe(1)
    expect(result.stdout).toContain('Maximum recursion depth exceeded')
  })

  test('names the nearest template for one that does not exist', patient, async () => {
    await using laptop = openLaptop()
    const main = { name: 'main', steps: [[{ name: 'a', template: 'pood' }]] }
    const result = await laptop.argo('run', laptop.file('w.json', workflow(main, pod)))
    expect(result.exitCode).toBe(2)
    expect(result.stderr).toMatch(
      /steps\[0\]\[0\]\.template: template 'pood' does not exist, did you mean 'pod'\?/,
    )
  })

  test('names an input artifact that nobody supplies', patient, async () => {
    await using laptop = openLaptop()
    const main = { ...pod, name: 'main', inputs: { artifacts: [{ name: 'in', path: '/tmp/in' }] } }
    const result = await laptop.argo('run', laptop.file('w.json', workflow(main)))
    expect(result.exitCode).toBeGreaterThan(0)
    expect(String(result.stdout) + String(result.stderr)).toMatch(/inputs\.artifacts\.in was not supplied/)
  })

  test('goes on where a killed run has left its things', patient, async () => {
    await using laptop = openLaptop()
    const endless = laptop.file('endless.json', shellWorkflow('echo ready; sleep 1000'))
    const killed = laptop.start(['run', endless, '--name', 'killed'])
    const log = join(laptop.state, 'logs/killed/main.log')
    await until('the step runs', () => existsSync(log) && statSync(log).size > 0)
    killed.kill('SIGKILL')
    await killed
    const result = await laptop.argo('run', laptop.file('w.json', shellWorkflow('echo ran')), '--log')
    expect(result.exitCode, String(result.stderr)).toBe(0)
    expect((await laptop.argo('get', 'killed')).stdout).toContain('argo run was killed')
  })
})
