// What a step may do to its own container, the folders that a run refuses, the daemons that it must not leave.

import { execa } from 'execa'
import { statSync } from 'node:fs'
import { expect, test } from 'vitest'
import { argoPath } from '../rig/argoexec.ts'
import { openLaptop, processesWith, shellWorkflow } from '../rig/laptop.ts'
import { describeNeeding } from '../rig/needs.ts'
import { until } from '../rig/until.ts'

const patient = { timeout: 60_000 }

/** `places` of the template that are written to, and what the kernel says about the process. */
const probe = `
for place in /x /tmp/x /run/x /usr/share/x; do if touch $place; then echo "wrote $place"; fi; done
touch /v/x /usr/share/below/x && echo volumes
grep -E 'NoNewPrivs|CapBnd' /proc/self/status
grep pod.test /etc/hosts`

const confined = {
  hostAliases: [{ ip: '10.1.2.3', hostnames: ['pod.test'] }],
  volumes: [{ name: 'v', emptyDir: {} }],
  container: {
    image: 'busybox',
    command: ['sh', '-c', probe],
    volumeMounts: [
      { name: 'v', mountPath: '/v' },
      { name: 'v', mountPath: '/usr/share/below' },
    ],
    securityContext: {
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    },
  },
}

describeNeeding({ namespaces: true }, 'a confined step', () => {
  test.each([true, false])('ordinary user: %s', patient, async (ordinary) => {
    await using laptop = openLaptop({ ordinary })
    const result = await laptop.argo('run', laptop.file('w.json', shellWorkflow('', confined)), '--log')
    const said = String(result.stdout)
    expect(said).not.toContain('wrote')
    expect(said).toContain('volumes')
    expect(said).toMatch(/NoNewPrivs:\s+1/)
    expect(said).toMatch(/CapBnd:\s+0+$/m)
    expect(said).toMatch(/10\.1\.2\.3\s+pod\.test/)
    expect(said).not.toContain('note:')
  })
})

test.each(['/proc/no/such', '/dev/null', '/usr'])(
  '--state %s is refused at once',
  patient,
  async (folder) => {
    await using laptop = openLaptop()
    const before = statSync('/usr').mode
    const file = laptop.file('w.json', shellWorkflow('true'))
    const result = await execa(argoPath(), ['run', file, '--state', folder], {
      reject: false,
      timeout: 30_000,
    })
    expect(result).toMatchObject({ exitCode: 2 })
    expect(result.stderr).toContain(`keep the state in ${folder}`)
    expect(statSync('/usr').mode).toBe(before)
  },
)

test('without isolation Ctrl-C ends daemons, too', patient, async () => {
  await using laptop = openLaptop()
  const seconds = `3100.${process.pid}`
  const source = `sh -c 'setsid sleep ${seconds} & exit'; setsid sh -c 'sleep ${seconds} & exit'; echo ready; sleep 100`
  const run = laptop.start([
    'run',
    laptop.file('w.json', shellWorkflow(source)),
    '--isolation',
    'none',
    '--log',
  ])
  let said = ''
  run.stdout?.on('data', (chunk: Buffer) => (said += String(chunk)))
  await until('the daemons run', () => said.includes('ready') && daemons(seconds) === 2)
  run.kill('SIGINT')
  expect((await run).exitCode).toBe(130)
  expect(daemons(seconds)).toBe(0)
})

/** The shells around them have the same words in their command lines. */
function daemons(seconds: string): number {
  return processesWith(`sleep\0${seconds}`).length
}

test("an artifact repository that names no store is the laptop's", patient, async () => {
  await using laptop = openLaptop()
  const repository = "archiveLogs: true\ns3: {keyFormat: 'mine/{{pod.name}}'}"
  const configMap = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'artifact-repositories',
      annotations: { 'workflows.argoproj.io/default-artifact-repository': 'own' },
    },
    data: { own: repository },
  }
  const files = [laptop.file('w.json', shellWorkflow('true')), laptop.file('c.json', configMap)]
  const { stdout } = await laptop.argo('run', ...files, '-o', 'json')
  expect(String(stdout)).toContain('"key": "mine/test/main.log"')
})
