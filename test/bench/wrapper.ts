// Figures of the wrapper: what `argoexec emissary -- true` costs beside an empty executable of the same Node, and how soon
// after the command's end its exit code is there.

import { execa } from 'execa'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argoexecPath } from '../rig/argoexec.ts'
import { alternate, repeat, type Series } from './measure.ts'

const perRun = 5
const template = JSON.stringify({
  name: 't',
  inputs: {},
  outputs: {},
  metadata: {},
  container: { name: '', image: 'x', resources: {} },
})

/** Runs a shell script with a fresh /var/run/argo of its own: in a mount namespace, as root or as an ordinary user. */
async function inPod(script: string, environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'argo-bench-'))
  mkdirSync(join(folder, 'argo'))
  writeFileSync(join(folder, 'argo/template'), template)
  const flags = process.getuid?.() === 0 ? ['-m'] : ['-Urm']
  const setUp = `mkdir -p /tmp/run && mount -t tmpfs tmpfs /run && mkdir -p /run/argo && cp ${folder}/argo/template /run/argo/`
  const { stdout } = await execa('unshare', [...flags, 'sh', '-ec', `${setUp}\n${script}`], {
    env: { ARGO_CONTAINER_NAME: 'main', ARGO_INCLUDE_SCRIPT_OUTPUT: 'false', ...environment },
  })
  return stdout
}

/** Milliseconds of CPU (user and system) for one run of `command`. bash knows them to the millisecond, sh to ten. */
async function cpuOf(command: string): Promise<number> {
  const loop = `TIMEFORMAT="%U %S"; time for ((i = 0; i < ${perRun}; i++)); do ${command}; done`
  const output = await inPod(`exec bash -c '${loop}' 2>&1`)
  const [user, system] = (output.trim().split('\n').at(-1) ?? '').split(' ').map(Number)
  return ((user ?? NaN) + (system ?? NaN)) * (1000 / perRun)
}

/** MiB of anonymous memory of the process that `script` lets print its smaps_rollup. */
async function anonymousOf(script: string): Promise<number> {
  const output = await inPod(script)
  return Number(/^Anonymous:\s+(\d+) kB/m.exec(output)?.[1] ?? NaN) / 1024
}

export async function wrapperCpu(empty: string): Promise<readonly [Series, Series]> {
  return alternate(
    20,
    () => cpuOf(`${argoexecPath()} emissary -- true`),
    () => cpuOf(empty),
  )
}

export async function wrapperMemory(empty: string): Promise<readonly [Series, Series]> {
  return alternate(
    10,
    () => anonymousOf(`${argoexecPath()} emissary -- sh -c 'cat /proc/$PPID/smaps_rollup'`),
    () => anonymousOf(`${empty} --memory`),
  )
}

/** Milliseconds from the command's last breath to the exit-code file. */
export async function exitToMarker(): Promise<Series> {
  return repeat(20, async () => {
    const output = await inPod(
      `${argoexecPath()} emissary -- date +%s%N; stat -c %.9Y /run/argo/ctr/main/exitcode`,
    )
    const [ended = '', marked = ''] = output.trim().split('\n')
    return Number(BigInt(marked.replace('.', '')) - BigInt(ended)) / 1e6
  })
}
