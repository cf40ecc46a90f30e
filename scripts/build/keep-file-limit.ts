// Keeps Node from raising the soft limit of open files: the user's command inherits what the wrapper has, and nobody
// could tell it afterwards what the container runtime had given.

/**
 * Node's start-up is the one caller of setrlimit in the program. Its name in the table of imported functions is
 * replaced by sched_yield: as long, as old in every C library, harmless with any arguments, and it returns 0.
 */
export function keepFileLimit(program: Buffer): void {
  const name = Buffer.from('\0setrlimit64\0')
  const at = program.indexOf(name)
  if (at === -1 || program.indexOf(name, at + 1) !== -1) {
    throw new Error('keep the limit of open files: the program does not import setrlimit64 exactly once')
  }
  program.write('sched_yield', at + 1, 'latin1')
}
