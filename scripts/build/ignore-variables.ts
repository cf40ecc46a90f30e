// Makes the executable deaf to variables of the environment that Node's own start-up reads before any script runs: they
// belong to the user's image and to the user's command, and some of them would end the wrapper or make it talk.

/** Read by native code. NODE_OPTIONS is switched off where the executable is configured, not here. */
const variables = [
  'NODE_REPL_EXTERNAL_MODULE',
  'NODE_DEBUG_NATIVE',
  'NODE_V8_COVERAGE',
  'NODE_COMPILE_CACHE',
  'NODE_REDIRECT_WARNINGS',
  'OPENSSL_CONF',
] as const

/**
 * Renames each in the constants of the program, where it stands alone between zeros behind another text. The copies in
 * the start-up snapshot, behind several zeros, stay: they are looked up by their hash.
 */
export function ignoreVariables(program: Buffer): void {
  for (const name of variables) {
    const [place, ...others] = placesOf(program, name)
    if (place === undefined || others.length > 0) {
      throw new Error(`ignore ${name}: it is not exactly once among the constants of the program`)
    }
    program.write('ARGO', place, 'latin1')
  }
}

function placesOf(program: Buffer, name: string): readonly number[] {
  const alone = Buffer.from(`\0${name}\0`)
  const places: number[] = []
  for (let at = program.indexOf(alone); at !== -1; at = program.indexOf(alone, at + 1)) {
    if (program[at - 1] !== 0) places.push(at + 1)
  }
  return places
}
