// The classifier of store failures against the vectors, and its knobs.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isTransientStoreFailure, storeRetry, type StoreFailure } from '../../../artifacts/transient.ts'
import { ArgoError } from '../../../src/errors/argo-error.ts'
import { createLogger } from '../../../src/log/logger.ts'
import { describeNeeding } from '../../rig/needs.ts'
import { sharedDir } from '../../rig/shared.ts'

interface Vector {
  readonly in: StoreFailure
  readonly out: boolean
}

describeNeeding({ shared: true }, 's3-errors.json', () => {
  test('every case', () => {
    const { cases } = JSON.parse(
      readFileSync(join(sharedDir() ?? '', 'corpus/vectors/s3-errors.json'), 'utf8'),
    ) as { cases: Vector[] }
    expect(cases.length).toBeGreaterThan(200)
    expect(cases.filter((one) => isTransientStoreFailure(one.in) !== one.out)).toEqual([])
  })
})

describe('isTransientStoreFailure', () => {
  test.each<[StoreFailure, boolean]>([
    [{ code: 'SlowDown' }, true],
    [{ code: 'slowdown' }, false],
    [{ code: 'Throttling', statusCode: 400 }, true],
    [{ code: 'AccessDenied', statusCode: 599 }, true],
    [{ code: 'AccessDenied', statusCode: 600 }, false],
    [{ message: 'read tcp: connection reset by peer' }, true],
    [{ message: 'unexpected EOF' }, false],
    [{}, false],
  ])('%j: %s', (failure, expected) => {
    expect(isTransientStoreFailure(failure)).toBe(expected)
  })
})

describe('storeRetry', () => {
  const fast = {
    EXECUTOR_RETRY_BACKOFF_DURATION: '1ms',
    EXECUTOR_RETRY_BACKOFF_FACTOR: '1',
    EXECUTOR_RETRY_BACKOFF_JITTER: '0',
  }
  const count = async (
    env: Readonly<Record<string, string>>,
    error: unknown,
    signal = AbortSignal.timeout(5000),
  ): Promise<number> => {
    let attempts = 0
    const retry = await storeRetry(env, createLogger({ write: () => {} }))
    await retry
      .run(signal, async () => {
        attempts++
        throw error
      })
      .catch(() => {})
    return attempts
  }
  const system = (code: string): Error => Object.assign(new Error(code), { code })

  test.each([
    ['a lost connection', system('ECONNRESET'), 5],
    ['a name that is not known yet', system('ENOTFOUND'), 5],
    ['a full disk', system('ENOSPC'), 1],
    ['what says so itself', new ArgoError('x', { code: 'ERR_UNAVAILABLE', retryable: true }), 5],
    ['what does not', new ArgoError('x', { code: 'ERR_FORBIDDEN' }), 1],
    ['overload', new ArgoError('x', { code: 'ERR_UNAVAILABLE', retryable: true, data: { status: 503 } }), 12],
    [
      'another 5xx',
      new ArgoError('x', { code: 'ERR_UNAVAILABLE', retryable: true, data: { status: 500 } }),
      5,
    ],
    ['a cause far down', new Error('a', { cause: new Error('b', { cause: system('ETIMEDOUT') }) }), 5],
  ])('%s', async (_name, error, attempts) => {
    expect(await count(fast, error)).toBe(attempts)
  })

  test('STEPS counts for every kind', async () => {
    const env = { ...fast, EXECUTOR_RETRY_BACKOFF_STEPS: '2' }
    expect(await count(env, system('ECONNRESET'))).toBe(2)
    expect(
      await count(
        env,
        new ArgoError('x', { code: 'ERR_UNAVAILABLE', retryable: true, data: { status: 503 } }),
      ),
    ).toBe(2)
  })

  test('values that are none leave the default', async () => {
    expect(await count({ ...fast, EXECUTOR_RETRY_BACKOFF_STEPS: 'many' }, system('ECONNRESET'))).toBe(5)
  })

  test('the pattern of the administrator, in Go syntax', async () => {
    expect(await count({ ...fast, TRANSIENT_ERROR_PATTERN: '(?i)full MOON' }, new Error('a Full moon'))).toBe(
      5,
    )
    await expect(storeRetry({ TRANSIENT_ERROR_PATTERN: '(' }, createLogger())).rejects.toMatchObject({
      code: 'ERR_BAD_REQUEST',
    })
  })

  test('an abort ends the waiting', async () => {
    const stop = new AbortController()
    const retry = await storeRetry(
      { EXECUTOR_RETRY_BACKOFF_DURATION: '1h' },
      createLogger({ write: () => stop.abort(new Error('stopped')) }),
    )
    await expect(
      retry.run(stop.signal, async () => {
        throw system('ECONNRESET')
      }),
    ).rejects.toThrow('stopped')
  })
})
