// What a step can reach on a laptop: a fixture tries everything, and the host must be as it was.

import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repositoryRoot } from '../rig/argoexec.ts'
import { openLaptop, type Laptop } from '../rig/laptop.ts'
import { describeNeeding } from '../rig/needs.ts'

const script = readFileSync(join(repositoryRoot, 'test/fixtures/run/intruder.sh'), 'utf8')

/** Names, sizes and times of change right below the places that the fixture attacks. */
function fingerprint(folders: readonly string[]): string {
  const hash = createHash('sha256')
  for (const folder of folders) {
    for (const name of ['.', ...readdirSync(folder).toSorted()]) {
      const stat = lstatSync(join(folder, name), { throwIfNoEntry: false })
      // A folder's own time changes with other programs' files; its list of names is what counts.
      hash.update(`${folder}/${name} ${stat?.size} ${stat?.mode} ${stat?.isFile() ? stat.mtimeMs : ''}\n`)
    }
  }
  return hash.digest('hex')
}

/** A neighbour that waits until the intruder has had its try, seen by a file in the folder that both may write. */
function workflow(laptop: Laptop): unknown {
  const mount = { name: 'meet', mountPath: '/meet' }
  const step = (name: string) => ({ name, template: name })
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: { name: 'intrusion' },
    spec: {
      entrypoint: 'main',
      arguments: { parameters: [{ name: 'argo-pid', value: '1' }] },
      volumes: [{ name: 'meet', hostPath: { path: laptop.folder } }],
      templates: [
        { name: 'main', steps: [[step('neighbour'), step('intruder')]] },
        {
          name: 'neighbour',
          container: {
            image: 'busybox',
            command: [
              'sh',
              '-c',
              'echo secret > /tmp/neighbour; echo $$ > /meet/neighbour; while ! test -e /meet/tried; do sleep 0.05; done; echo unharmed',
            ],
            volumeMounts: [mount],
          },
        },
        {
          name: 'intruder',
          script: {
            image: 'busybox',
            command: ['sh'],
            source: `while ! test -e /meet/neighbour; do sleep 0.05; done\n${script}\ntouch /meet/tried\n`,
            volumeMounts: [mount],
            env: [
              { name: 'USER_HOME', value: homedir() },
              { name: 'CHECKOUT', value: repositoryRoot },
              { name: 'STATE', value: laptop.state },
              { name: 'ARGO_PID', value: String(process.pid) },
              { name: 'NEIGHBOUR_PID', value: '4000000' },
            ],
          },
        },
      ],
    },
  }
}

async function intrude(laptop: Laptop): Promise<readonly string[]> {
  const file = laptop.file('intrusion.json', workflow(laptop))
  const places = ['/', '/etc', '/usr', '/usr/bin', '/var', repositoryRoot, homedir()]
  const before = fingerprint(places)
  const result = await laptop.argo('run', file, '--isolation', 'namespace')
  expect(result.exitCode, String(result.stdout) + String(result.stderr)).toBe(0)
  expect(fingerprint(places)).toBe(before)
  expect((await laptop.argo('logs', 'intrusion', 'neighbour')).stdout).toBe('unharmed')
  return String((await laptop.argo('logs', 'intrusion', 'intruder')).stdout).split('\n')
}

/** Outside of the box these would have done harm, whoever runs it. */
const always = [
  'neighbour-file',
  'signal-argo',
  'signal-neighbour',
  'see-argo',
  'ssh-agent',
  'mount',
  'unmount',
  'device',
  'kernel',
  'trace-wrapper',
]

describeNeeding(
  { namespaces: true, programs: ['setpriv', 'unshare'] },
  'isolation for an ordinary user',
  () => {
    test('every try is refused or ends inside the box', { timeout: 60_000 }, async () => {
      await using laptop = openLaptop({ ordinary: true })
      const lines = await intrude(laptop)
      for (const name of [...always, 'etc', 'passwd', 'usr', 'usr-bin', 'checkout-file'])
        expect(lines).toContain(`refused ${name}`)
      expect(lines.find((line) => line.startsWith('home has:'))).not.toMatch(/\.(?:bashrc|ssh|cache|profile)/)
    })
  },
)

describeNeeding({ root: true }, 'isolation for root', () => {
  test('root changes a layer in memory and nothing else', { timeout: 60_000 }, async () => {
    await using laptop = openLaptop()
    const lines = await intrude(laptop)
    for (const name of always) expect(lines).toContain(`refused ${name}`)
    for (const name of ['etc', 'usr', 'var']) expect(lines).toContain(`done ${name}`)
    expect(lines.find((line) => line.startsWith('home has:'))).not.toMatch(/\.(?:bashrc|ssh|cache|profile)/)
  })
})
