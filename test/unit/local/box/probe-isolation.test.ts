// The sentence that tells a person which setting refuses isolation, and how to allow it.

import { describe, expect, test } from 'vitest'
import { explainRefusal } from '../../../../src/local/box/probe-isolation.ts'

const settings = (values: Readonly<Record<string, string>>) => (path: string) => values[path]

describe('why the kernel refuses', () => {
  test.each([
    [
      '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
      '1\n',
      'kernel.apparmor_restrict_unprivileged_userns=0',
    ],
    ['/proc/sys/kernel/unprivileged_userns_clone', '0\n', 'kernel.unprivileged_userns_clone=1'],
    ['/proc/sys/user/max_user_namespaces', '0\n', 'user.max_user_namespaces=10000'],
  ])('%s = %s', (path, value, hint) => {
    expect(explainRefusal('EPERM', settings({ [path]: value }))).toContain(`sysctl -w ${hint}`)
  })

  test('what no setting explains is told as it was', () => {
    expect(explainRefusal('unshare failed: Operation not permitted', settings({}))).toContain(
      'unshare failed: Operation not permitted',
    )
  })
})
