// Ends without Node's farewell: no handler runs, and a thread that is stuck holds nothing up.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const module = JSON.stringify(join(import.meta.dirname, '../../../src/process/end-at-once.ts'))

function wordsFor(source: string): string[] {
  const imports = `import { endAtOnce } from ${module}\nimport { write, writeSync } from 'node:fs'\n`
  return ['--no-warnings', '--input-type=module', '-e', imports + source]
}

test('the exit code is given, what was written before is there, and no handler runs', () => {
  const source = `process.on('exit', () => writeSync(1, 'farewell'))
writeSync(1, 'x'.repeat(60_000))
endAtOnce(7)`
  const { status, stdout } = spawnSync(process.execPath, wordsFor(source), { timeout: 20_000 })
  expect([status, stdout.length]).toEqual([7, 60_000])
})

test('a thread that is stuck in a full pipe does not hold up the end', async () => {
  const source = `write(1, Buffer.alloc(1_000_000), () => {})
setTimeout(() => endAtOnce(3), 100)`
  // Nobody reads its output.
  const child = spawn(process.execPath, wordsFor(source), {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 20_000,
  })
  expect(await once(child, 'exit')).toEqual([3, null])
})

test('the caller ends the ordinary way when a stream of Node has made a descriptor non-blocking', () => {
  const source = `process.stderr.write('')
endAtOnce(3)
process.exit(4)`
  expect(spawnSync(process.execPath, wordsFor(source), { timeout: 20_000 }).status).toBe(4)
})
