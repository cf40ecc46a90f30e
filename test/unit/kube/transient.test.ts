// Which API errors are worth another try: the vectors of the reference implementation, and our own words for a network.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ArgoError } from '../../../src/errors/argo-error.ts'
import { KubeError, type KubeStatus } from '../../../src/kube/kube-error.ts'
import { isTransient } from '../../../src/kube/transient.ts'
import { transientPattern } from '../../../src/util/transient-pattern.ts'
import { describeNeeding } from '../../rig/needs.ts'
import { sharedDir } from '../../rig/shared.ts'

interface Case {
  readonly in: {
    readonly message?: string
    readonly generated?: string
    readonly type?: string
    readonly pattern?: string
    readonly status?: Partial<KubeStatus>
    readonly code?: number
    readonly reason?: string
  }
  readonly out: boolean
}

const shared = sharedDir()
const read = (name: string): readonly Case[] =>
  (
    JSON.parse(readFileSync(join(shared ?? '', 'corpus/vectors', `${name}.json`), 'utf8')) as {
      readonly cases: readonly Case[]
    }
  ).cases

/** What the types of Go's network errors are called in this runtime. */
const networkCodes: Readonly<Record<string, string>> = {
  '*net.DNSError': 'ENOTFOUND',
  'net.UnknownNetworkError': 'ENETUNREACH',
  '*fmt.wrapError': 'ENOTFOUND',
}

function errorOf({ message = '', generated, type, status }: Case['in']): Error {
  if (status !== undefined)
    return new KubeError({
      code: status.code ?? 0,
      reason: status.reason ?? '',
      message: status.message ?? '',
    })
  if (type === '*errors.errTransient')
    return new ArgoError('try again', { code: 'ERR_UNAVAILABLE', retryable: true })
  const code = type === undefined ? undefined : networkCodes[type]
  const lookUp = type === '*fmt.wrapError' && !message.includes('no such host') ? undefined : code
  return Object.assign(new Error(generated ?? message), lookUp === undefined ? {} : { code: lookUp })
}

describeNeeding({ shared: true }, 'vectors', () => {
  test('errors with their types and the administrator’s pattern', async () => {
    const cases = read('transient-errors')
    for (const one of cases) {
      const matches = await transientPattern({ TRANSIENT_ERROR_PATTERN: one.in.pattern })
      expect({ ...one, out: isTransient(errorOf(one.in), matches) }).toEqual(one)
    }
    expect(cases.length).toBeGreaterThan(40)
  })

  test.each(['transient-plain', 'transient-status'])('%s', (name) => {
    const cases = read(name)
    for (const one of cases) {
      const { message = '', code, reason } = one.in
      const error =
        reason === undefined ? new Error(message) : new KubeError({ code: code ?? 0, reason, message })
      expect({ ...one, out: isTransient(error) }).toEqual(one)
    }
    expect(cases.length).toBeGreaterThan(15)
  })
})

describe('beyond the vectors', () => {
  test('a refused connection deep in the causes', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' })
    expect(isTransient(new Error('outer', { cause: new Error('middle', { cause: refused }) }))).toBe(true)
  })

  test('a gateway that cannot reach the server', () => {
    expect(isTransient(new KubeError({ code: 502, reason: '', message: 'the server answered 502' }))).toBe(
      true,
    )
  })

  test('giving up is final, whatever the text says', () => {
    expect(isTransient(new DOMException('i/o timeout', 'AbortError'))).toBe(false)
    expect(isTransient(new ArgoError('i/o timeout', { code: 'ERR_CANCELED' }))).toBe(false)
  })

  test.each([undefined, null, 'text', 5, {}])('%j is no reason to try again', (value) => {
    expect(isTransient(value)).toBe(false)
  })

  test('a certificate that is not trusted fails again', () => {
    expect(
      isTransient(Object.assign(new Error('unable to verify'), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' })),
    ).toBe(false)
  })
})
