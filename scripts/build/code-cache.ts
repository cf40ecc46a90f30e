// Run by the build with the product's own V8 flags: compiles a bundle the way the loader does and writes its code cache.
// Arguments: pairs of source file and cache file.

import { readFileSync, writeFileSync } from 'node:fs'
import { Script } from 'node:vm'

const pairs = process.argv.slice(2)
for (let index = 0; index + 1 < pairs.length; index += 2) {
  const [source, cache] = [pairs[index] as string, pairs[index + 1] as string]
  const script = new Script(`(function (module, require) {${readFileSync(source, 'utf8')}\n})`, {
    filename: source,
  })
  script.runInThisContext()
  writeFileSync(cache, script.createCachedData())
}
