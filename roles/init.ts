// `argoexec init`: the first container of a workflow pod. Everything that main and wait need is in place when it ends.

import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { createDrivers } from '../artifacts/registry.ts'
import { ArgoError, errorMessage } from '../src/errors/argo-error.ts'
import { createLogger, type Logger } from '../src/log/logger.ts'
import { readExecutorSettings } from '../src/pod/executor-settings.ts'
import { podLayout, type Layout } from '../src/pod/layout.ts'
import { containers, exitCodeOf } from '../src/pod/names.ts'
import { secretReader } from '../src/pod/secret-files.ts'
import { writeTerminationMessage } from '../src/process/termination-message.ts'
import { readEnvironment, type Environment } from '../src/util/environment.ts'
import { executorFlags, loggerOptions, parseFlags } from '../src/util/flags.ts'
import { writeAtomicSync } from '../src/util/write-atomic.ts'
import { installProgram } from './init/install-program.ts'
import { loadArtifacts } from './init/load-artifacts.ts'
import { makeMailboxes } from './init/make-mailboxes.ts'

export interface InitContext {
  readonly env: Environment
  readonly layout: Layout
  readonly log: Logger
  /** Stops the loads; the container runtime kills what does not end by itself. */
  readonly signal: AbortSignal
}

export async function init(argv: readonly string[]): Promise<number> {
  const { values } = parseFlags(argv, executorFlags)
  const stop = new AbortController()
  process.on('SIGTERM', () => stop.abort(new ArgoError('init was told to end', { code: 'ERR_CANCELED' })))
  return runInit({
    env: readEnvironment(),
    layout: podLayout(),
    log: createLogger(loggerOptions(values)),
    signal: stop.signal,
  })
}

/** Exit code: 0, or 64, 1 or 2 with the error as termination message (spec executor 2 and 8). */
export async function runInit({ env, layout, log, signal }: InitContext): Promise<number> {
  try {
    // 1. Files are for main's user, whoever that is: modes are meant as they are written.
    process.umask(0)

    // 2. What is this pod to do?
    const { template } = readExecutorSettings(env, layout)

    // 3. The program, for main's command line and for the signals that the controller sends.
    installProgram(layout.varRunArgo, log)

    // 4. The template, for main and wait: they do not get it through their environment.
    writeAtomicSync(layout.templateFile, JSON.stringify(template), { mode: 0o444 })

    // 5. The mailbox of each main container, with its witness.
    makeMailboxes([containers.main], layout.varRunArgo)

    // 6. The script, for the interpreter that main starts.
    if (template.script !== undefined) {
      mkdirSync(dirname(layout.scriptFile), { recursive: true })
      writeAtomicSync(layout.scriptFile, template.script.source ?? '', { mode: 0o755 })
    }

    // 7. The inputs.
    const drivers = createDrivers({ readSecret: secretReader(layout.secrets), env, log })
    try {
      await loadArtifacts(template.inputs?.artifacts ?? [], { template, layout, drivers, signal, log })
    } finally {
      await drivers.close()
    }
    return 0
  } catch (error) {
    const message = errorMessage(error)
    log.error(message)
    writeTerminationMessage(message, layout.terminationLog)
    return exitCodeOf(error)
  }
}
