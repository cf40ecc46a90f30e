// The bound on the memory of uploads.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createBufferPool } from '../../../../artifacts/transfer/buffer-pool.ts'

const signal = new AbortController().signal
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('createBufferPool', () => {
  test('never lends more than its bound, and serves everybody', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 3 })), {
          maxLength: 30,
        }),
        async (wishes) => {
          const pool = createBufferPool(32, 8)
          let lent = 0
          let served = 0
          await Promise.all(
            wishes.map(([size, turns]) =>
              pool.use(size, signal, async (buffer) => {
                expect(buffer).toHaveLength(size)
                expect(lent === 0 || lent + size <= 32).toBe(true)
                lent += size
                for (let index = 0; index < turns; index++) await turn()
                lent -= size
                served++
              }),
            ),
          )
          expect(served).toBe(wishes.length)
        },
      ),
    )
  })

  test('two users never have the same buffer', async () => {
    const pool = createBufferPool(16, 8)
    const users = new Set<Buffer>()
    await Promise.all(
      Array.from({ length: 10 }, () =>
        pool.use(8, signal, async (buffer) => {
          expect(users.has(buffer)).toBe(false)
          users.add(buffer)
          await turn()
          users.delete(buffer)
        }),
      ),
    )
  })

  test('whoever gives up waiting lets the next one through', async () => {
    const pool = createBufferPool(8, 8)
    const stop = new AbortController()
    const hold = Promise.withResolvers<void>()
    const first = pool.use(4, signal, () => hold.promise)
    const large = pool.use(8, stop.signal, async () => {})
    const small = pool.use(4, signal, async () => 'served')
    stop.abort(new Error('gave up'))
    await expect(large).rejects.toThrow('gave up')
    expect(await small).toBe('served')
    hold.resolve()
    await first
    await expect(pool.use(1, stop.signal, async () => {})).rejects.toThrow('gave up')
  })

  test('a failure gives back what was lent', async () => {
    const pool = createBufferPool(8, 8)
    await expect(
      pool.use(8, signal, async () => {
        throw new Error('failed')
      }),
    ).rejects.toThrow('failed')
    expect(await pool.use(8, signal, async () => 'served')).toBe('served')
  })
})
