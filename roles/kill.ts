// `argoexec kill SIGNAL PID`: what the controller runs inside a container to signal its first process.

import { writeSync } from 'node:fs'
import { ArgoError } from '../src/errors/argo-error.ts'
import { kill as sendSignal } from '../src/process/libc.ts'

export function kill(argv: readonly string[]): Promise<number> {
  const [signal, pid] = argv.map(readNumber)
  if (argv.length !== 2 || signal === undefined || pid === undefined) {
    throw new ArgoError(
      `kill takes the number of a signal and a process, not ${JSON.stringify(argv.join(' '))}`,
      {
        code: 'ERR_USAGE',
      },
    )
  }
  writeSync(1, `killing ${pid} with ${signal}\n`)
  sendSignal(pid, signal)
  return Promise.resolve(0)
}

/** process.kill would refuse the real-time signals; the kernel judges the rest. */
function readNumber(word: string): number | undefined {
  return /^-?\d{1,9}$/.test(word) ? Number(word) : undefined
}
