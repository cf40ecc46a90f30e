// Which driver an artifact gets, and the raw one.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { createDrivers } from '../../../artifacts/registry.ts'
import { ArgoError } from '../../../src/errors/argo-error.ts'
import { createLogger } from '../../../src/log/logger.ts'
import type { Artifact, S3Artifact } from '../../../src/spec/types.ts'

const options = { signal: AbortSignal.timeout(10_000) }
const keys = { accessKeySecret: { name: 's', key: 'a' }, secretKeySecret: { name: 's', key: 'b' } }
const s3 = (more: S3Artifact): Artifact => ({
  name: 'x',
  s3: { endpoint: 'h', bucket: 'b', ...keys, ...more },
})
const context = { env: {}, log: createLogger({ write: () => {} }), readSecret: async () => 'value' }

describe('createDrivers', () => {
  test('one driver per place and credentials', async () => {
    const drivers = createDrivers(context)
    const first = await drivers.driverFor(s3({ key: 'one' }))
    expect(await drivers.driverFor(s3({ key: 'two' }))).toBe(first)
    expect(await drivers.driverFor(s3({ bucket: 'other', key: 'one' }))).not.toBe(first)
    expect(await drivers.driverFor(s3({ accessKeySecret: { name: 't', key: 'a' }, key: 'one' }))).not.toBe(
      first,
    )
    expect(await drivers.driverFor({ name: 'x', http: { url: 'http://a' } })).toBe(
      await drivers.driverFor({ name: 'y', http: { url: 'http://b' } }),
    )
    await drivers.close()
  })

  test('s3 comes first', async () => {
    const drivers = createDrivers(context)
    expect((await drivers.driverFor({ ...s3({}), http: {}, raw: {} })).name).toBe('s3')
    expect((await drivers.driverFor({ name: 'x', http: {}, raw: {} })).name).toBe('http')
    await drivers.close()
  })

  test('none', async () => {
    await expect(createDrivers(context).driverFor({ name: 'data' })).rejects.toMatchObject({
      code: 'ERR_BAD_REQUEST',
      message: 'Unsupported artifact driver for data',
    })
  })

  test('a secret that was missing once may be there the next time', async () => {
    let there = false
    const readSecret = async (): Promise<string> => {
      if (!there) throw new ArgoError('read key a of secret s', { code: 'ERR_NOT_FOUND' })
      return 'value'
    }
    const drivers = createDrivers({ ...context, readSecret })
    await expect(drivers.driverFor(s3({}))).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
    there = true
    expect((await drivers.driverFor(s3({}))).name).toBe('s3')
    await drivers.close()
  })

  test('preload', async () => {
    await createDrivers(context).preload(['s3', 'http', 'raw'])
  })
})

describe('raw', () => {
  const artifact: Artifact = { name: 'x', raw: { data: 'süß\n' } }

  test('its bytes as they are written', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'argo-raw-'))
    const driver = await createDrivers(context).driverFor(artifact)
    await driver.load(artifact, join(folder, 'a/b'), options)
    expect(readFileSync(join(folder, 'a/b'), 'utf8')).toBe('süß\n')
    expect(await text(await driver.openStream(artifact, { ...options, offset: 1, length: 2 }))).toBe('ü')
    expect(await driver.stat(artifact, options)).toEqual({ key: 'x', sizeBytes: 6 })
    rmSync(folder, { recursive: true })
  })

  test('is for input only', async () => {
    const driver = await createDrivers(context).driverFor(artifact)
    await expect(driver.save(artifact, '/x', options)).rejects.toThrow(/^Raw output artifacts unsupported/)
    await expect(driver.saveStream(artifact, Readable.from([]), options)).rejects.toMatchObject({
      code: 'ERR_NOT_IMPLEMENTED',
    })
  })
})
