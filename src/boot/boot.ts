// From the words of the command line to a role and its exit code.

import { basename } from 'node:path'
import { writeSync } from 'node:fs'
import { errorCode, errorMessage } from '../errors/argo-error.ts'
import { nearest } from '../util/nearest.ts'
import { roles, type RoleEntry, type RunWords } from './roles.ts'
import { traceLoadFlag } from './trace-load.ts'

type Program = RoleEntry['program']

const table: Readonly<Record<string, RoleEntry>> = roles
const usageExit = { argoexec: 64, argo: 2 } as const

/** How the process shall end, and whose it is. */
export interface Ending {
  readonly code: number
  readonly program: Program
}

/**
 * Runs the role that `words` name and returns how the process shall end. `programPath` is how the program was
 * called: its base name says whether a person (`argo`) or a pod (`argoexec`) reads the usage.
 */
export async function boot(programPath: string, words: readonly string[]): Promise<Ending> {
  const program = basename(programPath) === 'argo' ? 'argo' : 'argoexec'
  const [name, ...argv] = words[0] === traceLoadFlag ? words.slice(1) : words
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    write(name === undefined ? 2 : 1, overview(program))
    return { code: name === undefined ? usageExit[program] : 0, program }
  }
  const role = Object.hasOwn(table, name) ? table[name] : undefined
  if (role === undefined) {
    const near = nearest(name, Object.keys(table))
    write(
      2,
      `${program}: unknown command ${JSON.stringify(name)}${near === undefined ? '' : `, did you mean "${near}"?`}\n`,
    )
    write(2, overview(program))
    return { code: usageExit[program], program }
  }
  if (role.program === 'argoexec' && asksForHelp(argv)) {
    write(1, `${role.summary}\n\nusage: ${usageOf(role, program)}\n`)
    return { code: 0, program }
  }
  const runWords: RunWords = async (others) => (await boot(programPath, others)).code
  const owner = role.ofBoth === true ? program : role.program
  return { code: await runRole(role, owner, argv, runWords), program: owner }
}

/** Words behind `--` belong to somebody else. The roles of argo have longer help of their own. */
function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  const own = end === -1 ? argv : argv.slice(0, end)
  return own.includes('--help') || own.includes('-h')
}

function usageOf(role: RoleEntry, owner: Program): string {
  return role.ofBoth === true ? `${owner} ${role.usage}` : role.usage
}

async function runRole(
  role: RoleEntry,
  owner: Program,
  argv: readonly string[],
  runWords: RunWords,
): Promise<number> {
  try {
    const run = await role.load()
    return await run(argv, runWords)
  } catch (error) {
    if (errorCode(error) === 'ERR_USAGE') {
      write(2, `${owner}: ${errorMessage(error)}\nusage: ${usageOf(role, owner)}\n`)
      return usageExit[owner]
    }
    write(
      2,
      `${owner}: ${error instanceof Error && errorCode(error) === undefined ? error.stack : errorMessage(error)}\n`,
    )
    return owner === 'argo' ? 1 : 64
  }
}

function overview(program: Program): string {
  const rows = Object.entries(table)
    .filter(([, role]) => role.hidden !== true)
    .filter(([, role]) => program === 'argo' || role.program === 'argoexec')
    .map(([name, role]) => `  ${name.padEnd(12)}${role.summary}`)
  return `usage: ${program} COMMAND [flags]\n\ncommands:\n${rows.join('\n')}\n\n${program} COMMAND --help tells more.\n`
}

function write(descriptor: 1 | 2, text: string): void {
  writeSync(descriptor, text)
}
