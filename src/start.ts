// The first code of the executable, small because V8 compiles it at each start: fetches the program, which is stored
// beside it with everything compiled.

import { installLoader } from './boot/loader.ts'

installLoader()
void import('./cli.ts')
