// Paths that are lent to steps without isolation: nothing of the user is touched, nothing is left.

import { existsSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createPathPlacer } from '../../../../src/local/engine/place-paths.ts'

const never = new AbortController().signal
let folder: string
let pods: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'argo-place-'))
  pods = join(folder, 'pods')
  mkdirSync(pods)
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('places for steps without isolation', () => {
  test('links are there for the step and gone afterwards, and so are its outputs', async () => {
    const placer = createPathPlacer(pods)
    const [input, output] = [join(folder, 'input'), join(folder, 'output')]
    const clear = await placer.place(
      { links: [{ path: input, source: join(pods, 'x') }], outputs: [output] },
      never,
    )
    expect(readlinkSync(input)).toBe(join(pods, 'x'))
    mkdirSync(output)
    writeFileSync(join(output, 'file'), '')
    clear()
    expect([input, output].map((path) => existsSync(path))).toEqual([false, false])
  })

  test('what exists is not touched, and nothing half-made is left', async () => {
    const placer = createPathPlacer(pods)
    const mine = join(folder, 'mine')
    writeFileSync(mine, 'precious')
    const free = join(folder, 'free')
    await expect(
      placer.place({ links: [{ path: free, source: pods }], outputs: [mine] }, never),
    ).rejects.toThrow('exists on this machine')
    expect(existsSync(free)).toBe(false)
    expect(existsSync(mine)).toBe(true)
  })

  test('a link of the user is the user’s; one into our pods is a leftover', async () => {
    const placer = createPathPlacer(pods)
    const [theirs, ours] = [join(folder, 'theirs'), join(folder, 'ours')]
    symlinkSync('/etc', theirs)
    symlinkSync(join(pods, 'gone'), ours)
    await expect(placer.place({ links: [], outputs: [theirs] }, never)).rejects.toThrow('exists')
    const clear = await placer.place(
      { links: [{ path: ours, source: join(pods, 'new') }], outputs: [] },
      never,
    )
    expect(readlinkSync(ours)).toBe(join(pods, 'new'))
    clear()
  })

  test('two steps with one path take turns', async () => {
    const placer = createPathPlacer(pods)
    const path = join(folder, 'shared')
    const first = await placer.place({ links: [], outputs: [path] }, never)
    let entered = false
    const second = placer.place({ links: [], outputs: [path] }, never).then((clear) => {
      entered = true
      return clear
    })
    await new Promise(setImmediate)
    expect(entered).toBe(false)
    first()
    ;(await second)()
    const abort = new AbortController()
    const third = await placer.place({ links: [], outputs: [path] }, never)
    const waiting = placer.place({ links: [], outputs: [path] }, abort.signal)
    abort.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    third()
  })
})
