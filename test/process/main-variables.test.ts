// Variables of the user's image that Node's start-up reads: they are the command's, and change nothing about the wrapper.
// NODE_DEBUG is the known exception (docs/differences.md).

import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeNeeding } from '../rig/needs.ts'
import { makeWrappedPod } from '../rig/wrapped.ts'

const variables = [
  'NODE_OPTIONS=--bogus',
  'NODE_OPTIONS=--inspect',
  'NODE_REPL_EXTERNAL_MODULE=/nowhere',
  'NODE_DEBUG_NATIVE=all',
  'NODE_V8_COVERAGE=FOLDER/made',
  'NODE_COMPILE_CACHE=FOLDER/made',
  'NODE_REDIRECT_WARNINGS=FOLDER/made',
  'NODE_EXTRA_CA_CERTS=/nowhere',
  'NODE_PENDING_DEPRECATION=1',
  'NODE_ICU_DATA=/nowhere',
  'OPENSSL_CONF=FOLDER/openssl.cnf',
  'LD_LIBRARY_PATH=/nowhere',
  'UV_THREADPOOL_SIZE=0',
]

/** A configuration that ends a Node which reads it. */
const opensslConf = 'nodejs_conf = start\n[start]\nssl_conf = none\n[none]\nsystem_default = nowhere\n'

describeNeeding({ namespaces: true }, 'variables of the image', () => {
  test.each(variables)('%s reaches the command and nobody else', async (variable) => {
    using pod = makeWrappedPod()
    writeFileSync(join(pod.argo, 'openssl.cnf'), opensslConf)
    const [name = '', value = ''] = variable.replace('FOLDER', pod.argo).split('=')
    const result = await pod.wrapped(['sh', '-c', `printf %s "$${name}"; exit 7`], { env: { [name]: value } })
    expect({ code: result.exitCode, out: result.stdout, err: result.stderr }).toEqual({
      code: 7,
      out: value,
      err: '',
    })
    expect(existsSync(join(pod.argo, 'made'))).toBe(false)
  })
})
