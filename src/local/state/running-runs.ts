// Which runs of this state folder are alive: a note per run, tied to its process and not to its number alone.

import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { writeAtomicSync } from '../../util/write-atomic.ts'
import type { StateFolder } from './state-folder.ts'

export interface RunNote {
  readonly workflow: string
  readonly uid: string
  readonly pid: number
  /** When the kernel started that process, in its own ticks: numbers of processes come again. */
  readonly startedTicks: string
}

/** Leaves the note of this process; the returned call removes it when the run has ended in order. */
export function noteRun(state: StateFolder, workflow: string, uid: string): () => void {
  const path = join(state.runs, `${uid}.json`)
  const note: RunNote = { workflow, uid, pid: process.pid, startedTicks: startedTicks(process.pid) ?? '' }
  writeAtomicSync(path, JSON.stringify(note), { mode: 0o600 })
  return () => rmSync(path, { force: true })
}

/** Notes whose process is gone: those runs were killed. */
export function killedRuns(state: StateFolder): readonly RunNote[] {
  return readNotes(state).filter((note) => startedTicks(note.pid) !== note.startedTicks)
}

export function removeNote(state: StateFolder, note: RunNote): void {
  rmSync(join(state.runs, `${note.uid}.json`), { force: true })
}

function readNotes(state: StateFolder): readonly RunNote[] {
  let names: readonly string[]
  try {
    names = readdirSync(state.runs)
  } catch {
    return []
  }
  return names.filter((name) => name.endsWith('.json')).flatMap((name) => readNote(join(state.runs, name)))
}

function readNote(path: string): readonly RunNote[] {
  try {
    const note = JSON.parse(readFileSync(path, 'utf8')) as Partial<RunNote>
    const { workflow, uid, pid, startedTicks: ticks } = note
    if (
      typeof workflow !== 'string' ||
      typeof uid !== 'string' ||
      typeof pid !== 'number' ||
      typeof ticks !== 'string'
    )
      return []
    return [{ workflow, uid, pid, startedTicks: ticks }]
  } catch {
    return [] // it was removed while we looked
  }
}

/** Field 22 of /proc/PID/stat (proc(5)); undefined when there is no such process. */
function startedTicks(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}
