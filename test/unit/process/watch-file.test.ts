// Waiting for files of other containers.

import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hearMailboxSignals, sendMailboxSignal } from '../../../src/process/mailbox-signals.ts'
import { fileAppears, untilSeen } from '../../../src/process/watch-file.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watch-file-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const soon = (): AbortSignal => AbortSignal.timeout(20_000)

test('a file that is there is seen at once', async () => {
  writeFileSync(join(folder, 'x'), '')
  await fileAppears(join(folder, 'x'), { signal: soon(), pollMs: 60_000 })
})

test.each(['written', 'renamed', 'linked to nothing'])(
  'a file that is %s later is seen by its event',
  async (how) => {
    const path = join(folder, 'x')
    const seen = fileAppears(path, { signal: soon(), pollMs: 60_000 })
    writeFileSync(join(folder, 'other'), '')
    if (how === 'written') writeFileSync(path, '')
    else if (how === 'renamed') renameSync(join(folder, 'other'), path)
    else symlinkSync('nowhere', path)
    await seen
  },
)

test('a folder that is made later is watched from then on', async () => {
  const path = join(folder, 'later/x')
  const seen = fileAppears(path, { signal: soon(), pollMs: 10 })
  mkdirSync(join(folder, 'later'))
  writeFileSync(path, '')
  await seen
})

test('an abort ends the wait with its reason, before and during it', async () => {
  const options = { signal: AbortSignal.abort(new Error('stopped')) }
  await expect(fileAppears(join(folder, 'x'), options)).rejects.toThrow('stopped')
  const abort = new AbortController()
  const waiting = fileAppears(join(folder, 'x'), { signal: abort.signal })
  abort.abort(new Error('later'))
  await expect(waiting).rejects.toThrow('later')
})

test('an error of the look ends the wait', async () => {
  const look = (): boolean => {
    throw new Error('broken')
  }
  await expect(untilSeen(join(folder, 'x'), { signal: soon() }, look)).rejects.toThrow('broken')
})

test('every signal in the mailbox is heard once, and the file is taken away', async () => {
  const abort = new AbortController()
  const heard: number[] = []
  sendMailboxSignal(folder, 15)
  await hearMailboxSignals(folder, { signal: AbortSignal.any([abort.signal, soon()]) }, (signal) => {
    heard.push(signal)
    if (heard.length < 20) sendMailboxSignal(folder, heard.length)
    else abort.abort()
  })
  expect(heard).toEqual([15, ...Array.from({ length: 19 }, (_, index) => index + 1)])
  await expect(
    fileAppears(join(folder, 'signal'), { signal: AbortSignal.abort(new Error('gone')) }),
  ).rejects.toThrow('gone')
})
