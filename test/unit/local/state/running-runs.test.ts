// Which runs of a state folder are alive, and which were killed.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { killedRuns, noteRun, removeNote } from '../../../../src/local/state/running-runs.ts'
import { makeStateFolder, stateFolder, type StateFolder } from '../../../../src/local/state/state-folder.ts'

let state: StateFolder
beforeEach(() => {
  state = stateFolder(mkdtempSync(join(tmpdir(), 'argo-runs-')), {})
  makeStateFolder(state)
})
afterEach(() => rmSync(state.path, { recursive: true }))

const write = (uid: string, note: unknown): void =>
  writeFileSync(join(state.runs, `${uid}.json`), JSON.stringify(note))

test('a run that is alive is nobody’s to bury, and leaves nothing when it ends', () => {
  const remove = noteRun(state, 'wf', 'u1')
  expect(killedRuns(state)).toEqual([])
  remove()
  expect(readdirSync(state.runs)).toEqual([])
})

test('a process that is gone was killed; so was one whose number belongs to another now', async () => {
  const child = spawn('true')
  await once(child, 'exit')
  write('gone', { workflow: 'a', uid: 'gone', pid: child.pid, startedTicks: '1' })
  write('reused', { workflow: 'b', uid: 'reused', pid: process.pid, startedTicks: '1' })
  const killed = killedRuns(state)
  expect(killed.map(({ workflow }) => workflow).toSorted()).toEqual(['a', 'b'])
  for (const note of killed) removeNote(state, note)
  expect(killedRuns(state)).toEqual([])
})

test('what is no note is left alone', () => {
  write('odd', { workflow: 1 })
  writeFileSync(join(state.runs, 'broken.json'), '{')
  expect(killedRuns(state)).toEqual([])
})

test('the state lies where XDG says', () => {
  expect(stateFolder(undefined, { XDG_STATE_HOME: '/x', HOME: '/h' }).path).toBe('/x/argo')
  expect(stateFolder(undefined, { XDG_STATE_HOME: 'relative', HOME: '/h' }).path).toBe('/h/.local/state/argo')
})
