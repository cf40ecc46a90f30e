// `argoexec kill SIGNAL PID`: what the controller runs inside a container to signal its first process.

import { writeSync } from 'node:fs'
import { ArgoError } from '../src/errors/argo-error.ts'
import { kill as sendSignal } from '../src/process/libc.ts'

export function kill(argv: readonly string[]): Promise<number> {
  const [signal, pid] = argv.map(readNumber)
  // kill(2) takes 0 and less for groups and for everybody: nobody sends that here, and a slip would end a machine.
  if (argv.length !== 2 || signal === undefined || pid === undefined || pid < 1) {
    const found = JSON.stringify(argv.join(' '))
    throw new ArgoError(`kill takes the number of a signal and of one process, not ${found}`, {
      code: 'ERR_USAGE',
    })
  }
  writeSync(1, `killing ${pid} with ${signal}\n`)
  sendSignal(pid, signal)
  return Promise.resolve(0)
}

/** process.kill would refuse the real-time signals; the kernel judges the rest. */
function readNumber(word: string): number | undefined {
  return /^\d{1,9}$/.test(word) ? Number(word) : undefined
}
