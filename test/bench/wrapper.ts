// Figures of the wrapper: what `argoexec emissary -- true` costs beside an empty executable of the same Node, and how soon
// after the command's end its exit code is there.

import { execa } from 'execa'
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, watch } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argoexecPath, repositoryRoot } from '../rig/argoexec.ts'
import { makeWrappedPod } from '../rig/wrapped.ts'
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
  const flags = process.getuid?.() === 0 ? ['-m'] : ['-Urm']
  const setUp = `mount -t tmpfs tmpfs /run && mkdir -p /run/argo && printf %s '${template}' >/run/argo/template`
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

/**
 * A fresh copy with the libraries beside it, as init makes one in each pod. How the page cache holds a file depends on who
 * wrote it and how, and is worth up to 4 ms of each start: both must have been written alike.
 */
function install(executable: string, folder: string): string {
  cpSync(join(repositoryRoot, 'dist/lib'), join(folder, 'lib'), { recursive: true })
  const copy = join(folder, 'program')
  copyFileSync(executable, copy)
  return copy
}

export async function wrapperCpu(empty: string): Promise<readonly [Series, Series]> {
  const folder = mkdtempSync(join(tmpdir(), 'argo-bench-'))
  try {
    const [ours, rival] = [
      install(argoexecPath(), join(folder, 'ours')),
      install(empty, join(folder, 'empty')),
    ]
    return await alternate(
      20,
      () => cpuOf(`${ours} emissary -- true`),
      () => cpuOf(rival),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export async function wrapperMemory(empty: string): Promise<readonly [Series, Series]> {
  return alternate(
    10,
    () => anonymousOf(`${argoexecPath()} emissary -- sh -c 'cat /proc/$PPID/smaps_rollup'`),
    () => anonymousOf(`${empty} --memory`),
  )
}

/**
 * Milliseconds from the command's last breath, as it prints it, to the moment at which somebody who watches the mailbox
 * hears of the exit-code file: the times of files are a few milliseconds coarse.
 */
export async function exitToMarker(): Promise<Series> {
  return repeat(20, async () => {
    using pod = makeWrappedPod()
    mkdirSync(pod.mail, { recursive: true })
    let markedMs = NaN
    const watcher = watch(pod.mail, (_event, name) => {
      if (name === 'exitcode' && Number.isNaN(markedMs)) markedMs = performance.timeOrigin + performance.now()
    })
    const { stdout } = await pod.wrapped(['date', '+%s%N'])
    // The event is older than the end of the wrapper, and comes with the next turn of the loop.
    await new Promise((resolve) => setImmediate(resolve))
    watcher.close()
    return markedMs - Number(BigInt(String(stdout).trim()) / 1000n) / 1000
  })
}
