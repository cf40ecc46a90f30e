// What is left to root in a container, by what the container asks for.

import { expect, test } from 'vitest'
import { keptCapabilities } from '../../../../src/local/box/drop-privileges.ts'

const [chown, netRaw, sysAdmin] = [0, 13, 21]

test('nothing asked for: what container runtimes leave, and no more', () => {
  expect(keptCapabilities()).toContain(chown)
  expect(keptCapabilities()).not.toContain(sysAdmin)
})

test.each([
  [{ drop: ['ALL'] }, []],
  [{ drop: ['all'], add: ['CAP_CHOWN'] }, [chown]],
  [{ drop: ['ALL', 'NET_RAW'], add: ['CHOWN', 'NET_RAW'] }, [chown]],
  [{ drop: ['ALL'], add: ['SYS_ADMIN'] }, []],
])('%j', (changes, kept) => {
  expect(keptCapabilities(changes)).toEqual(kept)
})

test('some dropped, all added, more than there is added', () => {
  const all = keptCapabilities()
  expect(keptCapabilities({ drop: ['NET_RAW'] })).toEqual(all.filter((number) => number !== netRaw))
  expect(keptCapabilities({ drop: ['ALL'], add: ['ALL'] })).toEqual(all)
  expect(keptCapabilities({ add: ['SYS_ADMIN', 'NO_SUCH'] })).toEqual(all)
})
