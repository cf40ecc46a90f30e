// Every call into the C library, for whoever needs what Node does not offer: the only file that knows node:ffi.

import type * as Ffi from 'node:ffi'
import { ArgoError } from '../errors/argo-error.ts'

/**
 * Signatures by the glibc manual. A wrong one is a crash of this process, which may be PID 1 of somebody's container,
 * so all of them stand here and each is called by test/unit/process/libc.test.ts.
 */
const signatures = {
  _exit: { return: 'void', arguments: ['i32'] },
  __errno_location: { return: 'pointer', arguments: [] },
  capset: { return: 'i32', arguments: ['pointer', 'pointer'] },
  getpgrp: { return: 'i32', arguments: [] },
  dup2: { return: 'i32', arguments: ['i32', 'i32'] },
  kill: { return: 'i32', arguments: ['i32', 'i32'] },
  mkfifo: { return: 'i32', arguments: ['string', 'u32'] },
  mount: { return: 'i32', arguments: ['string', 'string', 'string', 'u64', 'string'] },
  pipe2: { return: 'i32', arguments: ['pointer', 'i32'] },
  pivot_root: { return: 'i32', arguments: ['string', 'string'] },
  posix_spawn: {
    return: 'i32',
    arguments: ['pointer', 'pointer', 'pointer', 'pointer', 'pointer', 'pointer'],
  },
  posix_spawn_file_actions_adddup2: { return: 'i32', arguments: ['pointer', 'i32', 'i32'] },
  posix_spawn_file_actions_addtcsetpgrp_np: { return: 'i32', arguments: ['pointer', 'i32'] },
  prctl: { return: 'i32', arguments: ['i32', 'u64', 'u64', 'u64', 'u64'] },
  pthread_sigmask: { return: 'i32', arguments: ['i32', 'pointer', 'pointer'] },
  ptsname_r: { return: 'i32', arguments: ['i32', 'pointer', 'u64'] },
  sethostname: { return: 'i32', arguments: ['string', 'u64'] },
  setsid: { return: 'i32', arguments: [] },
  strerror: { return: 'pointer', arguments: ['i32'] },
  tcgetpgrp: { return: 'i32', arguments: ['i32'] },
  umount2: { return: 'i32', arguments: ['string', 'i32'] },
  unlockpt: { return: 'i32', arguments: ['i32'] },
  uv_close: { return: 'void', arguments: ['pointer', 'pointer'] },
  uv_handle_size: { return: 'u64', arguments: ['i32'] },
  uv_signal_init: { return: 'i32', arguments: ['pointer', 'pointer'] },
  uv_signal_start: { return: 'i32', arguments: ['pointer', 'pointer', 'i32'] },
  uv_signal_start_oneshot: { return: 'i32', arguments: ['pointer', 'pointer', 'i32'] },
  uv_signal_stop: { return: 'i32', arguments: ['pointer'] },
  waitpid: { return: 'i32', arguments: ['i32', 'pointer', 'i32'] },
} as const satisfies Ffi.FunctionDefinitions

export type NativeName = keyof typeof signatures
type Native<N extends NativeName> = Ffi.WrappedFunctionFromSignature<(typeof signatures)[N]>

let loaded: { readonly ffi: typeof Ffi; readonly library: Ffi.DynamicLibrary } | undefined
let errnoAt: bigint | undefined
const bound = new Map<NativeName, unknown>()

/** The C function itself. Prefer the wrappers below; this is for code that owns a structure of several calls. */
export function native<N extends NativeName>(name: N): Native<N> {
  const known = bound.get(name)
  if (known !== undefined) return known as Native<N>
  const made = foreign().library.getFunction(name, signatures[name])
  bound.set(name, made)
  return made as Native<N>
}

/** node:ffi and this process' own symbols, loaded when the first call asks for them (0.4 ms). */
export function foreign(): NonNullable<typeof loaded> {
  if (loaded !== undefined) return loaded
  const ffi = process.getBuiltinModule('node:ffi')
  if (ffi === undefined) {
    throw new ArgoError(`load node:ffi: Node ${process.version} has none, run the pinned Node 26`, {
      code: 'ERR_PROCESS',
    })
  }
  loaded = { ffi, library: new ffi.DynamicLibrary(null) }
  return loaded
}

/** errno of the call just made on this thread; anything in between may change it. */
function errno(): number {
  errnoAt ??= native('__errno_location')()
  return foreign().ffi.getInt32(errnoAt)
}

/** Prepares what errno() needs, so that reading it is the very next thing after a call. */
function checked<N extends NativeName>(name: N, ...args: Parameters<Native<N>>): number {
  errnoAt ??= native('__errno_location')()
  const call: unknown = native(name)
  return (call as (...values: Parameters<Native<N>>) => number)(...args)
}

/** ERR_PROCESS for a failed call; `data.errno` is its name (`ENOENT`) for whoever decides by it. */
export function systemError(what: string, number: number): ArgoError {
  const text = foreign().ffi.toString(native('strerror')(number)) ?? `error ${number}`
  const reason = text.slice(0, 1).toLowerCase() + text.slice(1)
  return new ArgoError(`${what}: ${reason}`, { code: 'ERR_PROCESS', data: { errno: errnoName(number) } })
}

function errnoName(number: number): string {
  const { errno: numbers } = process.getBuiltinModule('node:os').constants
  return Object.entries(numbers).find(([, known]) => known === number)?.[0] ?? `errno ${number}`
}

/** The errno name that a wrapper of this file put into its error; undefined for any other error. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('data' in error)) return undefined
  const data = error.data as { errno?: unknown } | undefined
  return typeof data?.errno === 'string' ? data.errno : undefined
}

function must<N extends NativeName>(what: string, name: N, ...args: Parameters<Native<N>>): number {
  const result = checked(name, ...args)
  if (result === -1) throw systemError(what, errno())
  return result
}

/** A negative pid is a process group. Signal 0 only asks whether it is there. */
export function kill(pid: number, signal: number): void {
  must(`send signal ${signal} to ${pid}`, 'kill', pid, signal)
}

/** The mode is cut by the umask. */
export function mkfifo(path: string, mode: number): void {
  must(`make the FIFO ${path}`, 'mkfifo', text(path), mode)
}

const O_CLOEXEC = 0o2000000

/** Both ends are close-on-exec and block. */
export function pipe(): { readonly read: number; readonly write: number } {
  const ends = new Int32Array(2)
  must('make a pipe', 'pipe2', ends, O_CLOEXEC)
  return { read: ends[0] ?? -1, write: ends[1] ?? -1 }
}

const [EINTR, ECHILD] = [4, 10]
/** Makes `to` another name of what `from` is; what `to` was is closed. */
export function duplicate(from: number, to: number): void {
  must(`make descriptor ${to} the same as ${from}`, 'dup2', from, to)
}

const WNOHANG = 1

/** One ended child of this process and its wait status, reaped; undefined when none has ended. */
export function waitForAny(): { readonly pid: number; readonly status: number } | undefined {
  const status = new Int32Array(1)
  for (;;) {
    const pid = checked('waitpid', -1, status, WNOHANG)
    if (pid > 0) return { pid, status: status[0] ?? 0 }
    if (pid === 0) return undefined
    const number = errno()
    if (number === ECHILD) return undefined
    if (number !== EINTR) throw systemError('wait for a child', number)
  }
}

const setChildSubreaper = 36

/** Orphans below this process become its children instead of those of PID 1. */
export function becomeSubreaper(): void {
  must('become a subreaper', 'prctl', setChildSubreaper, 1n, 0n, 0n, 0n)
}

/** Whether `descriptor` is the controlling terminal and this process is in its foreground: it may hand that on. */
export function ownsTerminal(descriptor: number): boolean {
  const foreground = native('tcgetpgrp')(descriptor)
  return foreground > 0 && foreground === native('getpgrp')()
}

/** Path of the other end of a new pseudo-terminal, which can be opened from now on. */
export function unlockTerminal(master: number): string {
  must('unlock a terminal', 'unlockpt', master)
  const name = Buffer.alloc(64)
  const number = native('ptsname_r')(master, name, BigInt(name.length))
  if (number !== 0) throw systemError('find the name of a terminal', number)
  return name.toString('utf8', 0, name.indexOf(0))
}

/** False where this process already leads its process group: then it cannot leave its session. */
export function startSession(): boolean {
  return native('setsid')() !== -1
}

const SIG_UNBLOCK = 1

/** Of the calling thread. Node started with --disable-sigusr1 has SIGUSR1 blocked. */
export function unblockSignals(signals: readonly number[]): void {
  const number = native('pthread_sigmask')(SIG_UNBLOCK, signalSet(signals), null)
  if (number !== 0) throw systemError('unblock signals', number)
}

/** A sigset_t: bit n-1 of 1024 for signal n. */
export function signalSet(signals: readonly number[] | 'all'): Buffer {
  const set = Buffer.alloc(128, signals === 'all' ? 0xff : 0)
  if (signals === 'all') return set
  for (const signal of signals) {
    const at = (signal - 1) >> 3
    set[at] = (set[at] ?? 0) | (1 << ((signal - 1) & 7))
  }
  return set
}

/** Flags of mount(2) and umount2(2). */
export const mountFlag = {
  readOnly: 0x1n,
  noSuid: 0x2n,
  noDev: 0x4n,
  noExec: 0x8n,
  remount: 0x20n,
  noAtime: 0x400n,
  noDirAtime: 0x800n,
  bind: 0x1000n,
  move: 0x2000n,
  recursive: 0x4000n,
  private: 0x40000n,
  slave: 0x80000n,
  relAtime: 0x200000n,
} as const
export const detachMount = 2

export interface MountRequest {
  readonly source: string
  readonly target: string
  /** Kind of file system; left out for bind mounts and changes of flags. */
  readonly type?: string
  /** Sum of mountFlag values. */
  readonly flags?: bigint
  readonly options?: string
}

export function mount({ source, target, type, flags = 0n, options }: MountRequest): void {
  must(
    `mount ${source} at ${target}`,
    'mount',
    text(source),
    text(target),
    optional(type),
    flags,
    optional(options),
  )
}

/** `flags`: detachMount or 0. */
export function umount2(target: string, flags: number): void {
  must(`unmount ${target}`, 'umount2', text(target), flags)
}

export function pivotRoot(newRoot: string, putOld: string): void {
  must(`make ${newRoot} the root`, 'pivot_root', text(newRoot), text(putOld))
}

export function sethostname(name: string): void {
  must(`set the host name to ${name}`, 'sethostname', text(name), BigInt(Buffer.byteLength(name)))
}

/** C ends a text at its first NUL, so one inside would name another file. */
function text(value: string): string {
  if (value.includes('\0')) {
    throw new ArgoError(`a path with a NUL character: ${JSON.stringify(value)}`, {
      code: 'ERR_INVALID_INPUT',
    })
  }
  return value
}

function optional(value: string | undefined): string | null {
  return value === undefined ? null : text(value)
}
