// The program: words in, exit code out. The only place that ends the process.

import { boot } from './boot/boot.ts'
import { endAtOnce } from './process/end-at-once.ts'

void boot(process.argv0, process.argv.slice(2)).then(({ code, program }) => {
  // A person's terminal wants to be handed back by Node; a container only wants to be gone.
  if (program === 'argoexec') endAtOnce(code)
  process.exit(code)
})
