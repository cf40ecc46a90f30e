// Hears every signal that a process can catch, real-time ones included, for the wrapper that passes them on.

import { foreign, native, systemError, unblockSignals } from './libc.ts'

/** Numbers of the signals that this program itself tells apart (the same on amd64 and arm64). */
export const signalNumber = { INT: 2, KILL: 9, USR1: 10, TERM: 15, CHLD: 17, URG: 23 } as const

/** 9 and 19 cannot be caught; 32 and 33 belong to the C library's threads. */
const uncatchable: readonly number[] = [9, 19, 32, 33]
const greatest = 64

/**
 * ILL, TRAP, BUS, FPE, SEGV: sent by somebody they are passed on, raised by our own code they must still end us. Their
 * handler is taken off by the kernel as it is called, so a real fault, raised again on return, meets the default. The
 * price: two of a kind within a millisecond end a wrapper that is not PID 1.
 */
const faults: readonly number[] = [4, 5, 7, 8, 11]

/** uv_signal_t takes 152 bytes; the test of this file asks libuv. */
export const signalHandleBytes = 256

export interface SignalEars {
  /** Who hears the signals from now on; those that came while nobody did are heard first, in the order of arrival. */
  hear(onSignal: ((signal: number) => void) | undefined): void
  /** Ends the listening and gives the signals their default actions again. */
  close(): void
}

/** Memory that libuv's loop keeps pointing to until it has closed a handle, which may be after our last reference. */
const lent: Buffer[] = []

/**
 * Takes every signal away from its default action; keeps the event loop alive until closed. `process.on` knows no
 * real-time signals, so this uses libuv's own watchers.
 */
export function listenToSignals(): SignalEars {
  const { ffi, library } = foreign()
  const loop = ffi.getCurrentEventLoop()
  const handles = new Map<number, Buffer>()
  const queue: number[] = []
  let hearer: ((signal: number) => void) | undefined
  let closed = false

  const start = (signal: number, handle: Buffer): void => {
    const name = faults.includes(signal) ? 'uv_signal_start_oneshot' : 'uv_signal_start'
    const result = native(name)(handle, callback, signal)
    if (result !== 0) throw systemError(`listen to signal ${signal}`, -result)
  }
  const deliver = (): void => {
    if (closed) return
    for (const signal of new Set(queue)) {
      const handle = handles.get(signal)
      if (handle !== undefined && faults.includes(signal)) start(signal, handle)
    }
    while (hearer !== undefined && queue.length > 0) hearer(queue.shift() ?? 0)
  }
  // Called from the loop outside of Node's own bookkeeping: nothing may throw here, and promises settled here would
  // wait for somebody else's turn. So it only takes a note.
  const callback = library.registerCallback(
    { return: 'void', arguments: ['pointer', 'i32'] },
    (_handle, signal) => {
      queue.push(signal)
      setImmediate(deliver)
    },
  )
  for (let signal = 1; signal <= greatest; signal++) {
    if (uncatchable.includes(signal)) continue
    const handle = Buffer.alloc(signalHandleBytes)
    const result = native('uv_signal_init')(loop, handle)
    if (result !== 0) throw systemError(`listen to signal ${signal}`, -result)
    lent.push(handle)
    handles.set(signal, handle)
    start(signal, handle)
  }
  // Node is started with --disable-sigusr1, which blocks it so that nobody can open a debugger.
  unblockSignals([signalNumber.USR1])
  return {
    hear: (onSignal) => {
      hearer = onSignal
      deliver()
    },
    close: () => {
      if (closed) return
      closed = true
      for (const handle of handles.values()) {
        native('uv_signal_stop')(handle)
        native('uv_close')(handle, null)
      }
    },
  }
}
