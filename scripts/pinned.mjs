// Runs a script with the pinned Node of this checkout, after installing the locked dependencies when they are missing
// or stale. Plain JavaScript, since some Node >= 20 starts it.

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
if (process.platform !== 'linux') {
  process.stderr.write(
    `argo runs on Linux; on ${process.platform} use WSL2, a virtual machine or a container\n`,
  )
  process.exit(2)
}
const stamp = join(root, 'node_modules/.package-lock.json')
const lock = join(root, 'package-lock.json')
const stale = () => !existsSync(stamp) || statSync(lock).mtimeMs > statSync(stamp).mtimeMs
const install = () =>
  execFileSync('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
if (process.argv[2] === '--install') {
  if (stale()) install()
  process.exit(0)
}
if (stale()) {
  // One at a time, where there is flock: `npm test` and `./argo` may be started together in a fresh clone.
  const self = [process.execPath, fileURLToPath(import.meta.url), '--install']
  const { status, error } = spawnSync('flock', [join(root, '.install.lock'), ...self], {
    stdio: ['ignore', 2, 2],
  })
  if (error !== undefined) install()
  else if (status !== 0) process.exit(status ?? 1)
}
const node = join(root, `node_modules/node-linux-${process.arch}/bin/node`)
if (!existsSync(node)) {
  process.stderr.write(`no Node is pinned for linux ${process.arch}; x64 and arm64 are supported\n`)
  process.exit(2)
}
const result = spawnSync(node, ['--no-warnings', ...process.argv.slice(2)], { stdio: 'inherit' })
process.exit(result.status ?? 1)
