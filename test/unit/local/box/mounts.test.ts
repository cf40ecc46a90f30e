// The mount table as the kernel writes it: escapes, flags, and which mount a path lies on.

import { describe, expect, test } from 'vitest'
import { flagsAt, parseMountInfo } from '../../../../src/local/box/mounts.ts'
import { mountFlag } from '../../../../src/process/libc.ts'

const table = [
  '22 27 0:21 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw',
  '27 1 254:0 / / rw,relatime - ext4 /dev/vda rw',
  String.raw`31 27 0:30 / /usr/with\040blank ro,nosuid,noatime shared:1 - tmpfs tmpfs rw`,
  '32 27 0:31 / /usr rw,nodev - ext4 /dev/vdb rw',
  '',
].join('\n')

describe('mount table', () => {
  const mounts = parseMountInfo(table)
  test('escapes are undone', () => {
    expect(mounts.map(({ path }) => path)).toEqual(['/proc', '/', '/usr/with blank', '/usr'])
  })
  test.each([
    ['/usr/lib', mountFlag.noDev],
    ['/usr/with blank/x', mountFlag.readOnly | mountFlag.noSuid | mountFlag.noAtime],
    ['/usrx', mountFlag.relAtime],
    ['/proc', mountFlag.noSuid | mountFlag.noDev | mountFlag.noExec | mountFlag.relAtime],
  ])('flags at %s', (path, flags) => {
    expect(flagsAt(mounts, path)).toBe(flags)
  })
})
