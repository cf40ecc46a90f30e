// Credentials that are not in Secrets: the machine's own, and roles assumed with them.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { startHttp } from '../../../rig/http-server.ts'
import { answeringStore } from '../../../rig/s3-answers.ts'

const options = { signal: AbortSignal.timeout(20_000) }
/** No keys in the artifact. */
const noKeys = { accessKeySecret: undefined as never, secretKeySecret: undefined as never }

// The SDK reads the environment by itself.
beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined)
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
  vi.stubEnv('HOME', '/nonexistent')
})
afterEach(() => {
  vi.unstubAllEnvs()
})

describe('the machine', () => {
  test('its environment', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'machine-key')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'machine-secret')
    vi.stubEnv('AWS_SESSION_TOKEN', 'machine-token')
    await using store = await answeringStore(() => ({}), { ...noKeys, useSDKCreds: true })
    await store.driver.delete(store.artifact, options)
    expect(store.asked[0]?.headers.authorization).toContain('Credential=machine-key/')
    expect(store.asked[0]?.headers['x-amz-security-token']).toBe('machine-token')
  })

  test('nothing: the error says what to set', async () => {
    await using store = await answeringStore(() => ({}), noKeys)
    await expect(store.driver.delete(store.artifact, options)).rejects.toMatchObject({
      code: 'ERR_UNAUTHORIZED',
      message: expect.stringContaining('set accessKeySecret and secretKeySecret'),
    })
    expect(store.asked).toEqual([])
  })
})

describe('a role', () => {
  const answer = (key: string, expiration: Date): string =>
    `<AssumeRoleResponse xmlns="x"><AssumeRoleResult><Credentials><AccessKeyId>${key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${expiration.toISOString()}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`
  const inMinutes = (minutes: number): Date => new Date(Date.now() + minutes * 60_000)

  beforeEach(() => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'machine-key')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'machine-secret')
  })

  test('is assumed once, and again before it runs out', async () => {
    const forms: string[] = []
    await using service = await startHttp((request, body, response) => {
      forms.push(
        `${/Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)/
          .exec(request.headers.authorization ?? '')
          ?.slice(1)
          .join(' ')} ${body.toString()}`,
      )
      response.end(answer(`role-${forms.length}`, inMinutes(forms.length === 1 ? 60 : 4)))
    })
    const place = { ...noKeys, roleARN: 'arn:aws:iam::1:role/r', region: 'eu-west-1' }
    await using store = await answeringStore(() => ({}), place, { AWS_ENDPOINT_URL_STS: service.url })
    for (const _again of [1, 2]) await store.driver.delete(store.artifact, options)
    expect(forms).toHaveLength(1)
    expect(forms[0]).toMatch(
      /^machine-key eu-west-1 sts Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr&RoleSessionName=argo-[0-9a-f]+$/,
    )
    expect(store.asked.map(({ headers }) => headers['x-amz-security-token'])).toEqual(['t', 't'])
    expect(store.asked[1]?.headers.authorization).toContain('Credential=role-1/')
  })

  test('that is about to run out is assumed anew', async () => {
    let count = 0
    await using service = await startHttp(
      (_request, _body, response) => void response.end(answer(`role-${++count}`, inMinutes(4))),
    )
    await using store = await answeringStore(
      () => ({}),
      { ...noKeys, roleARN: 'arn' },
      { AWS_ENDPOINT_URL_STS: service.url },
    )
    for (const _again of [1, 2]) await store.driver.delete(store.artifact, options)
    expect(
      store.asked.map(({ headers }) => /Credential=([^/]+)/.exec(headers.authorization ?? '')?.[1]),
    ).toEqual(['role-1', 'role-2'])
  })

  test('that the store says has expired is assumed anew', async () => {
    let count = 0
    await using service = await startHttp(
      (_request, _body, response) => void response.end(answer(`role-${++count}`, inMinutes(60))),
    )
    await using store = await answeringStore(
      (_asked, number) =>
        number === 1
          ? { status: 400, body: '<Error><Code>ExpiredToken</Code><Message>old</Message></Error>' }
          : {},
      { ...noKeys, roleARN: 'arn' },
      { AWS_ENDPOINT_URL_STS: service.url },
    )
    await store.driver.delete(store.artifact, options)
    expect(count).toBe(2)
  })

  test('that may not be assumed', async () => {
    await using service = await startHttp(
      (_request, _body, response) =>
        void response
          .writeHead(403)
          .end(
            '<ErrorResponse><Error><Code>AccessDenied</Code><Message>not you</Message></Error></ErrorResponse>',
          ),
    )
    await using store = await answeringStore(
      () => ({}),
      { ...noKeys, roleARN: 'arn:r' },
      { AWS_ENDPOINT_URL_STS: service.url },
    )
    await expect(store.driver.delete(store.artifact, options)).rejects.toMatchObject({
      code: 'ERR_FORBIDDEN',
      message: expect.stringContaining('assume the role arn:r: not you (AccessDenied, status 403)'),
    })
  })
})
