// `argoexec artifact save|load LOCATION PATH`: moves one artifact between a path and a store by hand, by the same
// drivers and archives as init and wait.

import { createDrivers } from '../artifacts/registry.ts'
import { ArgoError } from '../src/errors/argo-error.ts'
import { createLogger } from '../src/log/logger.ts'
import { podLayout } from '../src/pod/layout.ts'
import { secretReader } from '../src/pod/secret-files.ts'
import { readEnvironment } from '../src/util/environment.ts'
import { logFlags, loggerOptions, parseFlags } from '../src/util/flags.ts'
import { loadTo } from './artifact/load-to.ts'
import { environmentSecret, parseLocation } from './artifact/parse-location.ts'
import { saveFrom } from './artifact/save-from.ts'

const flags = {
  ...logFlags,
  endpoint: { type: 'string' },
  region: { type: 'string' },
  insecure: { type: 'boolean' },
  archive: { type: 'string' },
} as const

/** LOCATION: `s3://BUCKET/KEY`, `http(s)://…`, an artifact as JSON or YAML text, or `@FILE` with such a text. */
export async function artifact(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseFlags(argv, flags)
  const [action, location, path, ...rest] = positionals
  if (
    (action !== 'save' && action !== 'load') ||
    location === undefined ||
    path === undefined ||
    rest.length > 0
  ) {
    throw new ArgoError('artifact takes three words: save or load, a location, a path', { code: 'ERR_USAGE' })
  }
  const env = readEnvironment()
  const log = createLogger(loggerOptions(values))

  // 1. What is meant?
  const wanted = await parseLocation(location, { ...values, env })

  // 2. Keys come from the environment for URLs, from mounted Secrets for artifacts of a workflow.
  const mounted = secretReader(podLayout().secrets)
  const drivers = createDrivers({
    env,
    log,
    readSecret: (name, key) =>
      name === environmentSecret ? Promise.resolve(env[key] ?? '') : mounted(name, key),
  })

  // 3. Ctrl-C ends the transfer in order: parts that are in the store are taken back, temporary files removed.
  const stop = new AbortController()
  const onSignal = (): void =>
    stop.abort(new ArgoError(`${action} was interrupted`, { code: 'ERR_CANCELED' }))
  process.once('SIGINT', onSignal)
  process.once('SIGTERM', onSignal)

  // 4. Move it.
  const started = performance.now()
  try {
    const driver = await drivers.driverFor(wanted)
    const context = { driver, artifact: wanted, path, log, signal: stop.signal }
    await (action === 'save' ? saveFrom(context) : loadTo(context))
  } finally {
    await drivers.close()
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
  }
  log.info(action === 'save' ? 'saved' : 'loaded', { path, ms: Math.round(performance.now() - started) })
  return 0
}
