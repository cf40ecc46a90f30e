// The queue of the controller's workers.

import { describe, expect, test, vi } from 'vitest'
import { WorkQueue } from '../../../src/kube/work-queue.ts'

describe('ready keys', () => {
  test('equal keys melt, the order stays', async () => {
    const queue = new WorkQueue()
    for (const key of ['a', 'b', 'a', 'c', 'b']) queue.add(key)
    expect(queue.size).toBe(3)
    expect([await queue.take(), await queue.take(), await queue.take()]).toEqual(['a', 'b', 'c'])
    queue.close()
  })

  test('a key that is added while it is worked on comes once more, and only after done', async () => {
    const queue = new WorkQueue()
    queue.add('a')
    await queue.take()
    queue.add('a')
    queue.add('a')
    expect(queue.size).toBe(0)
    const next = queue.take()
    queue.done('a')
    expect(await next).toBe('a')
    queue.done('a')
    expect(queue.size).toBe(0)
    queue.close()
  })

  test('a waiting worker gets a key at once, each key one worker', async () => {
    const queue = new WorkQueue()
    const taken = [queue.take(), queue.take()]
    queue.add('a')
    queue.add('a')
    queue.add('b')
    expect(await Promise.all(taken)).toEqual(['a', 'b'])
    queue.close()
  })

  test('close and abort send workers home', async () => {
    const queue = new WorkQueue()
    const abort = new AbortController()
    const first = queue.take(abort.signal)
    const second = queue.take()
    abort.abort()
    expect(await first).toBeUndefined()
    queue.add('a')
    expect(await second).toBe('a')
    const third = queue.take()
    queue.close()
    expect(await third).toBeUndefined()
    queue.add('b')
    expect(await queue.take()).toBeUndefined()
  })
})

describe('later keys', () => {
  test('the earliest of several times counts, an add in between cancels nothing', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    try {
      const queue = new WorkQueue()
      queue.addAfter('a', 5000)
      queue.addAfter('a', 1000)
      queue.addAfter('a', 3000)
      queue.add('a')
      expect(await queue.take()).toBe('a')
      queue.done('a')
      vi.advanceTimersByTime(999)
      expect(queue.size).toBe(0)
      vi.advanceTimersByTime(2)
      expect(queue.size).toBe(1)
      vi.advanceTimersByTime(10_000)
      expect(await queue.take()).toBe('a')
      queue.done('a')
      expect(queue.size).toBe(0)
      queue.close()
    } finally {
      vi.useRealTimers()
    }
  })

  test('a wait longer than a timer can hold does not fire at once', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    try {
      const queue = new WorkQueue()
      queue.addAfter('a', 2 ** 31 + 5000)
      vi.advanceTimersByTime(2 ** 31)
      expect(queue.size).toBe(0)
      vi.advanceTimersByTime(5001)
      expect(queue.size).toBe(1)
      queue.close()
    } finally {
      vi.useRealTimers()
    }
  })

  test('no time is now', () => {
    const queue = new WorkQueue()
    queue.addAfter('a', 0)
    expect(queue.size).toBe(1)
    queue.close()
  })
})
