// Ends what a container without a PID namespace has started: nobody but us ends it together with its first process.

import { readdirSync, readFileSync } from 'node:fs'

interface Process {
  readonly pid: number
  readonly parent: number
  readonly session: number
}

/** Each round may find what was started during the one before; a container that forks faster than this is not ended. */
const mostRounds = 20

/**
 * Kills every process of a session and everything below it, also in sessions of its own. `boxes` are the boxes of this
 * process where it is a subreaper: its other children in foreign sessions were left by boxes that have ended, and are
 * killed as well.
 */
export function killSession(session: number, boxes?: ReadonlySet<number>): void {
  for (let round = 0; round < mostRounds; round++) {
    const processes = readProcesses()
    const orphans = boxes === undefined ? [] : orphansAmong(processes, boxes)
    const found = membersOf(session, orphans, processes)
    if (found.length === 0) return
    for (const pid of found) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It has ended meanwhile, or changed its user.
      }
    }
  }
}

function orphansAmong(processes: readonly Process[], boxes: ReadonlySet<number>): readonly number[] {
  const own = processes.find(({ pid }) => pid === process.pid)?.session
  return processes
    .filter(({ pid, parent, session }) => parent === process.pid && session !== own && !boxes.has(pid))
    .map(({ pid }) => pid)
}

function membersOf(
  session: number,
  orphans: readonly number[],
  processes: readonly Process[],
): readonly number[] {
  const ofSession = processes.filter((one) => one.session === session).map(({ pid }) => pid)
  const members = new Set([...ofSession, ...orphans])
  for (let size = -1; size !== members.size;) {
    size = members.size
    for (const { pid, parent } of processes) if (members.has(parent)) members.add(pid)
  }
  return [...members]
}

/** All processes of this machine that still run: a zombie is dead already. */
function readProcesses(): readonly Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const text = readFileSync(`/proc/${name}/stat`, 'utf8')
        // After the name in brackets: state, parent, process group, session (proc(5)).
        const [state, parent, , session] = text.slice(text.lastIndexOf(')') + 2).split(' ')
        return state === 'Z' ? [] : [{ pid: Number(name), parent: Number(parent), session: Number(session) }]
      } catch {
        return []
      }
    })
}
