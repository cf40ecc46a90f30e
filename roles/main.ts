// `argoexec emissary -- COMMAND`: the wrapper that is process 1 of every user container. It runs the command as if it
// were not there, and leaves for wait what the command has produced.

import { join } from 'node:path'
import { ArgoError, errorMessage } from '../src/errors/argo-error.ts'
import { createLogger } from '../src/log/logger.ts'
import { podLayout, type Layout } from '../src/pod/layout.ts'
import { containers, env } from '../src/pod/names.ts'
import { containerDir, mailbox } from '../src/pod/paths.ts'
import { announceAlive } from '../src/process/announce-alive.ts'
import { openCapture } from '../src/process/capture.ts'
import { environmentValue, givenEnvironment, joinNul } from '../src/process/given-bytes.ts'
import { lookPath } from '../src/process/look-path.ts'
import { runCommand } from '../src/process/run-command.ts'
import { listenToSignals } from '../src/process/signals.ts'
import type { SpawnRequest } from '../src/process/spawn.ts'
import { writeTerminationMessage } from '../src/process/termination-message.ts'
import { readEnvironment, replacedEnvironment, type Environment } from '../src/util/environment.ts'
import { writeAtomicSync } from '../src/util/write-atomic.ts'
import { appendArgsFile } from './main/container-args.ts'
import { endSidecar } from './main/end-sidecar.ts'
import { makeMailbox } from './main/make-mailbox.ts'
import { pauseUntil } from './main/pause.ts'
import { readCommandLine } from './main/read-command-line.ts'
import { stageOutputs } from './main/stage-outputs.ts'
import { readTemplateView } from './main/template-view.ts'

export async function main(argv: readonly string[]): Promise<number> {
  const environment = readEnvironment()
  const container = environment[env.containerName] ?? ''
  const layout = podLayout()
  const mail = containerDir(container, layout.varRunArgo)
  let exitCode = 64
  try {
    // 1. What to run, and for whom. Nothing of ours may appear in the command's log, so only --loglevel debug talks.
    const { level, words } = readCommandLine(argv)
    const log = createLogger({ level: level === 'debug' ? 'debug' : 'error' })

    // 2. Be seen: a mailbox, and a witness of our death.
    makeMailbox(container, mail)
    announceAlive(mail)

    // 3. From here on no signal gets lost.
    const ears = listenToSignals()

    // 4. The command, byte for byte, found in its own PATH.
    const command = findCommand(words, environment)
    const template = readTemplateView(environment, layout)

    // 5. A person may want to look before.
    if (environment['ARGO_DEBUG_PAUSE_BEFORE'] === 'true') {
      const signal = await pauseUntil(join(mail, mailbox.before), ears)
      if (signal !== undefined) return leaveExitCode(mail, 128 + signal)
    }

    // 6. Run it. Its output is copied only when wait will ask for it; a sidecar is ended when main has ended.
    const captured = environment[env.includeScriptOutput] === 'true' || template.archiveLogs
    const companion = template.sidecars.includes(container)
      ? endSidecarAfterMain(mail, layout, environment)
      : undefined
    log.debug('starting the command', { path: command.path.toString(), captured })
    exitCode = await runCommand({
      ...command,
      ears,
      containerDir: mail,
      ...(captured ? { capture: openCapture(mail) } : {}),
      onForward: (signal) => log.debug('forwarding a signal', { signal }),
    })
    await companion?.stop()
    log.debug('the command has ended', { exitCode })

    // 7. A person may want to look after.
    if (environment['ARGO_DEBUG_PAUSE_AFTER'] === 'true') await pauseUntil(join(mail, mailbox.after), ears)

    // 8. Leave the outputs to wait, also those of a failed command; then, and not before, the exit code.
    process.umask(0)
    if (container === containers.main) await stageOutputs(template, layout.varRunArgo)
    return leaveExitCode(mail, exitCode)
  } catch (error) {
    // 9. A failure of our own is told to people; after a mere end of the command its own message stays.
    writeTerminationMessage(errorMessage(error), layout.terminationLog)
    tryTo(() => leaveExitCode(mail, exitCode))
    throw error
  }
}

function findCommand(
  words: readonly Buffer[],
  environment: Environment,
): Pick<SpawnRequest, 'path' | 'argv' | 'environ'> {
  const replaced = replacedEnvironment()
  const environ = givenEnvironment(replaced ?? environment, replaced !== undefined)
  const [name = Buffer.alloc(0), ...given] = words
  const argsFile = environment[env.containerArgsFile]
  const args = argsFile === undefined || argsFile === '' ? given : appendArgsFile(given, argsFile)
  return { path: lookPath(name, environmentValue(environ, 'PATH')), argv: joinNul([name, ...args]), environ }
}

function endSidecarAfterMain(
  mail: string,
  layout: Layout,
  environment: Environment,
): { stop(): Promise<void> } {
  const abort = new AbortController()
  const graceSeconds = Number(environment[env.terminationGracePeriodSeconds] ?? '')
  const graceMs = (graceSeconds > 0 ? graceSeconds : 30) * 1000
  const mainDir = containerDir(containers.main, layout.varRunArgo)
  const ended = endSidecar({ containerDir: mail, mainDir, graceMs, signal: abort.signal })
  return {
    stop: () => {
      abort.abort()
      return ended
    },
  }
}

/** Returns the code. Throws ERR_PROCESS: without it, wait would take main for killed. */
function leaveExitCode(mail: string, code: number): number {
  const path = join(mail, mailbox.exitCode)
  try {
    writeAtomicSync(path, String(code))
    return code
  } catch (error) {
    const message = `failed to leave the exit code ${code} in ${path}: ${errorMessage(error)}`
    throw new ArgoError(message, { code: 'ERR_PROCESS', cause: error })
  }
}

/** For what is done on the way out of a failure, which is the one to tell. */
function tryTo(action: () => void): void {
  try {
    action()
  } catch {}
}
