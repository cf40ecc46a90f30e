// Media types by extension.

import { expect, test } from 'vitest'
import { createContentTypes } from '../../../../artifacts/transfer/content-type.ts'

const table = '# comment\ntext/x-log log # more\napplication/gzip\t\tgz  TGZ\nnonsense\nimage/png\tpng\n'

test.each([
  ['/a/b.html', 'text/html; charset=utf-8'],
  ['b.json', 'application/json'],
  ['x.log', 'text/x-log; charset=utf-8'],
  ['x.tgz', 'application/gzip'],
  ['x.PNG', 'image/png'],
  ['x.unknown', 'application/octet-stream'],
  ['noext', 'application/octet-stream'],
  ['.html', 'application/octet-stream'],
])('%s is %s', (path, type) => {
  expect(createContentTypes(() => table)(path)).toBe(type)
})

test('without a table of the system the usual ones are known', () => {
  expect(createContentTypes(() => undefined)('a.pdf')).toBe('application/pdf')
})
