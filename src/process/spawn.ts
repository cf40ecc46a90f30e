// Starts the user's command without node:child_process: byte for byte, in its own process group, with the descriptors,
// signal mask and signal actions that a container runtime would have given it.

import { foreign, native, signalSet, systemError } from './libc.ts'

export interface SpawnRequest {
  /** Absolute, or relative to the working directory; not looked up in PATH. */
  readonly path: Buffer
  /** Each argument and each NAME=value followed by a NUL, as /proc/PID/cmdline and environ show them. */
  readonly argv: Buffer
  readonly environ: Buffer
  /** Our descriptors that become 0, 1 and 2 of the command. */
  readonly stdio: readonly [number, number, number]
  /** Descriptor of a terminal whose foreground the new process group becomes. */
  readonly terminal?: number
}

/**
 * posix_spawnattr_t of <spawn.h> on 64-bit Linux: short flags, pid_t group, the signals to reset, the signal mask. It is
 * filled in here, and an empty list of file actions is all zero, because each C function that is bound costs the start
 * of every step a tenth of a millisecond.
 */
const attribute = { flagsAt: 0, groupAt: 4, resetAt: 8, maskAt: 136 } as const
const [SETPGROUP, SETSIGDEF, SETSIGMASK] = [0x02, 0x04, 0x08]

/** More than either structure takes (336 and 80 bytes). */
const structBytes = 512

/** The pid of the started command, leader of a new process group. Throws ERR_PROCESS with the errno of exec. */
export function spawn(request: SpawnRequest): number {
  const attributes = Buffer.alloc(structBytes)
  attributes.writeInt16LE(SETPGROUP | SETSIGDEF | SETSIGMASK, attribute.flagsAt)
  attributes.writeInt32LE(0, attribute.groupAt)
  signalSet('all').copy(attributes, attribute.resetAt)
  signalSet([]).copy(attributes, attribute.maskAt)
  const actions = Buffer.alloc(structBytes)
  // Before the descriptors change places; a group in the background could not read from its terminal.
  if (request.terminal !== undefined) {
    must(native('posix_spawn_file_actions_addtcsetpgrp_np')(actions, request.terminal))
  }
  // Node marks 0, 1 and 2 close-on-exec; a dup onto itself takes the mark off in the command only.
  for (const [index, descriptor] of request.stdio.entries()) {
    must(native('posix_spawn_file_actions_adddup2')(actions, descriptor, index))
  }
  // The list that they make is never freed: a wrapper starts one command.
  return run(request, actions, attributes)
}

function run(request: SpawnRequest, actions: Buffer, attributes: Buffer): number {
  const pid = new Int32Array(1)
  const path = Buffer.concat([request.path, Buffer.of(0)])
  const number = native('posix_spawn')(
    pid,
    path,
    actions,
    attributes,
    pointersTo(request.argv),
    pointersTo(request.environ),
  )
  if (number !== 0) throw systemError(`failed to start command: ${request.path.toString()}`, number)
  return pid[0] ?? 0
}

/** A char*[] with a NULL at its end, into `block`, which must stay referenced while the array is used. */
function pointersTo(block: Buffer): BigUint64Array {
  const base = block.length === 0 ? 0n : foreign().ffi.getRawPointer(block)
  const pointers: bigint[] = []
  for (let start = 0; start < block.length; start = block.indexOf(0, start) + 1) {
    pointers.push(base + BigInt(start))
  }
  return BigUint64Array.from([...pointers, 0n])
}

function must(number: number): void {
  if (number !== 0) throw systemError('failed to start command: prepare its descriptors', number)
}
