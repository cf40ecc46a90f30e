// Run by the build with the product's own V8 flags: compiles a bundle the way the loader does and writes its code cache.
// Arguments: pairs of source file and cache file.

import { readFileSync, writeFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { Script } from 'node:vm'
import { wrapBundle, type BundleFunction } from '../../src/boot/loader.ts'

/**
 * V8 compiles a function when it is first called, so that a plain cache holds next to nothing. Small bundles are
 * compiled whole, which takes four bytes for each of the source; of large ones, what their evaluation calls.
 */
const wholeUpToBytes = 100_000

function codeCache(code: string, filename: string): Buffer {
  const whole = code.length <= wholeUpToBytes
  // The flag is taken back before the cache is made: it notes the flags, and other ones at run time reject it.
  if (whole) setFlagsFromString('--no-lazy')
  const script = new Script(wrapBundle(code), { filename })
  if (whole) setFlagsFromString('--lazy')
  else (script.runInThisContext() as BundleFunction)({ exports: {} }, (id) => process.getBuiltinModule(id))
  return script.createCachedData()
}

const pairs = process.argv.slice(2)
for (let index = 0; index + 1 < pairs.length; index += 2) {
  const [source, cache] = [pairs[index] as string, pairs[index + 1] as string]
  writeFileSync(cache, codeCache(readFileSync(source, 'utf8'), source))
}
