// Checks that cannot fail prove nothing: from a copy of the sources one safeguard at a time is taken out, the executable
// is built from it, and the check that guards it has to object.

import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { repositoryRoot } from '../rig/argoexec.ts'
import { describeNeeding } from '../rig/needs.ts'
import {
  completionComesLast,
  exitCodeComesLast,
  fullDiskUploadsNothingTorn,
  killedMainLeavesWholeOutputs,
  type Check,
} from './checks.ts'

interface Mutant {
  readonly safeguard: string
  readonly file: string
  /** Occurs once in the file. */
  readonly from: string
  readonly to: string
  readonly check: Check
  /** What the check says then. */
  readonly objection: RegExp
}

const mutants: readonly Mutant[] = [
  {
    safeguard: 'the exit code appears after the outputs',
    file: 'roles/main.ts',
    from: 'if (container === containers.main) await stageOutputs(',
    to: 'leaveExitCode(mail, exitCode)\n    if (container === containers.main) await stageOutputs(',
    check: exitCodeComesLast,
    objection: /output artifact failed/,
  },
  {
    safeguard: 'a write that fails is noticed',
    file: 'src/archive/pack-tar-gz.ts',
    from: 'offset += writeSync(descriptor, member, offset)',
    to: 'try { offset += writeSync(descriptor, member, offset) } catch { break }',
    check: fullDiskUploadsNothingTorn,
    objection: /to be 64/,
  },
  {
    safeguard: 'a staged file gets its name when it is whole',
    file: 'src/archive/pack-tar-gz.ts',
    from: 'const temporary = `${destinationPath}.${process.pid}.tmp`',
    to: 'const temporary = destinationPath',
    check: killedMainLeavesWholeOutputs,
    objection: /expected \[ 'small', 'big' \] to deeply equal \[ 'small' \]/,
  },
  {
    safeguard: 'the controller is let go after the outputs were reported',
    file: 'roles/wait.ts',
    from: 'await attempt(failures, () => reporter.reportOutputs(outputs))',
    to: 'await attempt(failures, () => reporter.complete())\n  await attempt(failures, () => reporter.reportOutputs(outputs))',
    check: completionComesLast,
    objection: /expected undefined to match object/,
  },
]

describeNeeding(
  { namespaces: true, programs: ['unshare', 'nsenter', 'chroot'] },
  'an executable without a safeguard is caught',
  () => {
    let copy: string

    beforeAll(() => {
      copy = mkdtempSync(join(tmpdir(), 'argo-mutant-'))
      for (const name of ['src', 'roles', 'artifacts', 'scripts', 'package.json', 'LICENSE'])
        cpSync(join(repositoryRoot, name), join(copy, name), { recursive: true })
      symlinkSync(join(repositoryRoot, 'node_modules'), join(copy, 'node_modules'))
    })

    afterAll(() => rmSync(copy, { recursive: true, force: true }))

    test('the copy as it is passes', { timeout: 120_000 }, async () => {
      const program = build(copy)
      for (const { check } of mutants) await check(program)
    })

    test.each(mutants)('$safeguard', { timeout: 120_000 }, async ({ file, from, to, check, objection }) => {
      const path = join(copy, file)
      const source = readFileSync(path, 'utf8')
      expect(source.split(from), `${file} holds the safeguard once`).toHaveLength(2)
      writeFileSync(
        path,
        source.replace(from, () => to),
      )
      try {
        await expect(check(build(copy))).rejects.toThrow(objection)
      } finally {
        writeFileSync(path, source)
      }
    })
  },
)

function build(root: string): string {
  execFileSync(process.execPath, ['--no-warnings', join(root, 'scripts/build/build.ts')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  return join(root, 'dist/argoexec')
}
