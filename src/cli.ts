// The program: words in, exit code out. The only place that ends the process.

import { boot } from './boot/boot.ts'
import { installLoader } from './boot/loader.ts'

installLoader()
void boot(process.argv0, process.argv.slice(2)).then((code) => process.exit(code))
