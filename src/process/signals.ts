// Hears every signal that a process can catch, real-time ones included, for the wrapper that passes them on.

import { foreign, native, systemError, unblockSignals } from './libc.ts'

/** Numbers of the signals that this program itself tells apart (the same on amd64 and arm64). */
export const signalNumber = { INT: 2, KILL: 9, USR1: 10, TERM: 15, CHLD: 17, CONT: 18, URG: 23 } as const

/** 9 and 19 cannot be caught; 32 and 33 belong to the C library's threads. */
const uncatchable: readonly number[] = [9, 19, 32, 33]
const greatest = 64

/**
 * ILL, TRAP, BUS, FPE, SEGV: sent by somebody they are passed on, raised by our own code they must still end us. Their
 * handler is taken off by the kernel as it is called, so a real fault, raised again on return, meets the default. The
 * price: two of a kind within a millisecond end a wrapper that is not PID 1.
 */
const faults: readonly number[] = [4, 5, 7, 8, 11]

/**
 * uv_signal_t on 64-bit Linux: its size, and where libuv counts the signals that it has given out. The tests of this
 * file ask libuv for the one and need the other.
 */
export const signalHandle = { bytes: 152, countAt: 148 } as const

export interface SignalEars {
  /**
   * Who hears the signals from now on; those that came while nobody did are heard first. Signals that came together are
   * heard as the kernel delivers them, lowest number first, but CONT late, since a stop must not outlive it, and CHLD
   * last, since the number of an ended child is its own only until it is reaped.
   */
  hear(onSignal: ((signal: number) => void) | undefined): void
  /** Ends the listening and gives the signals their default actions again. */
  close(): void
}

/** Memory that libuv's loop keeps pointing to until it has closed a handle, which may be after our last reference. */
const lent: Uint8Array[] = []

/**
 * Takes every signal away from its default action; keeps the event loop alive until closed. `process.on` knows no
 * real-time signals, so this uses libuv's own watchers. They call nothing of ours, since JavaScript that C can call
 * costs the start of every step a millisecond: libuv counts what it has given out, and whenever something has woken the
 * loop we look at the counts.
 */
export function listenToSignals(): SignalEars {
  const { ffi, library } = foreign()
  const loop = ffi.getCurrentEventLoop()
  // libuv insists on calling a function: one that does nothing, whatever it is given.
  const nothing = library.getSymbol('getpgrp')
  const signals = inOrderOfHearing()
  const memory = new Uint8Array(signals.length * signalHandle.bytes)
  lent.push(memory)
  const base = ffi.getRawPointer(memory)
  const counts = new Uint32Array(memory.buffer)
  const heard = new Uint32Array(signals.length)
  let hearer: ((signal: number) => void) | undefined
  let closed = false

  const handleOf = (index: number): bigint => base + BigInt(index * signalHandle.bytes)
  const countOf = (index: number): number =>
    counts[(index * signalHandle.bytes + signalHandle.countAt) / counts.BYTES_PER_ELEMENT] ?? 0
  const initHandle = native('uv_signal_init')
  const [startHandle, startOnce] = [native('uv_signal_start'), native('uv_signal_start_oneshot')]
  const start = (signal: number, index: number): void => {
    const result = (faults.includes(signal) ? startOnce : startHandle)(handleOf(index), nothing, signal)
    if (result !== 0) throw systemError(`listen to signal ${signal}`, -result)
  }
  const deliver = (): void => {
    for (const [index, signal] of signals.entries()) {
      const fresh = countOf(index) - (heard[index] ?? 0)
      if (fresh === 0) continue
      if (!closed && faults.includes(signal)) start(signal, index)
      for (let left = fresh; left > 0 && hearer !== undefined && !closed; left--) {
        heard[index] = (heard[index] ?? 0) + 1
        hearer(signal)
      }
    }
  }
  // Lets the loop sleep; runs each time that something else has woken it.
  const look = (): void => {
    deliver()
    if (!closed) setImmediate(look).unref()
  }
  for (const [index, signal] of signals.entries()) {
    const result = initHandle(loop, handleOf(index))
    if (result !== 0) throw systemError(`listen to signal ${signal}`, -result)
    start(signal, index)
  }
  setImmediate(look).unref()
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
      for (const index of signals.keys()) {
        native('uv_signal_stop')(handleOf(index))
        native('uv_close')(handleOf(index), null)
      }
    },
  }
}

function inOrderOfHearing(): readonly number[] {
  const late: readonly number[] = [signalNumber.CONT, signalNumber.CHLD]
  const signals: number[] = []
  for (let signal = 1; signal <= greatest; signal++) {
    if (!uncatchable.includes(signal) && !late.includes(signal)) signals.push(signal)
  }
  return [...signals, ...late]
}
