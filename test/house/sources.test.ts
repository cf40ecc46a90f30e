// What every source file owes the reader: a first sentence, a bearable length, no hidden reads of the environment.

import { readFileSync, readdirSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { coverageDocument } from '../../scripts/coverage.ts'
import { repositoryRoot } from '../rig/argoexec.ts'

interface Source {
  readonly path: string
  readonly text: string
}

const sources = read(['src', 'roles', 'artifacts'])
const tooling = read(['scripts', 'test']).filter(({ path }) => !path.includes('/fixtures/'))
const text = (path: string): string => readFileSync(join(repositoryRoot, path), 'utf8')

describe('sources', () => {
  test('each file begins with a sentence that says what it is', () => {
    const mute = [...sources, ...tooling].filter(
      ({ text: body }) => !/^(#!.*\n)?(\/\/ |\/\*\* ?)\S/.test(body),
    )
    expect(mute.map(({ path }) => path)).toEqual([])
  })

  test('no file is longer than 400 lines', () => {
    const long = [...sources, ...tooling].filter(({ text: body }) => body.split('\n').length > 401)
    expect(long.map(({ path, text: body }) => `${path} ${body.split('\n').length}`)).toEqual([])
  })

  test('the environment is read in one file, the process ends in one file', () => {
    expect(having(/\bprocess\.env\b/)).toEqual(['src/util/environment.ts'])
    expect(having(/\bprocess\.exit\(/)).toEqual(['src/cli.ts'])
  })

  test('node:ffi is called in one file', () => {
    expect(having(/from 'node:ffi'|getBuiltinModule\('node:ffi'\)|import\('node:ffi'\)/)).toEqual([
      'src/process/libc.ts',
    ])
  })

  test('no default exports, barrels, enums, casts to any or switched-off types', () => {
    expect(
      having(
        /^export default|^export \* from|^(export )?(const )?enum |\bas any\b|@ts-(ignore|nocheck|expect-error)/m,
      ),
    ).toEqual([])
  })

  test('tests neither mock our modules nor wait for time', () => {
    const guilty = tooling.filter(
      ({ path, text: body }) =>
        path.startsWith('test/') &&
        path !== 'test/house/sources.test.ts' &&
        /vi\.mock\(|\.only\(|\bit\.skip\(|\btest\.todo/.test(body),
    )
    expect(guilty.map(({ path }) => path)).toEqual([])
  })

  test('the project speaks of itself alone', () => {
    const documents = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md']
      .filter((path) => existsSync(join(repositoryRoot, path)))
      .map((path) => ({ path, text: text(path) }))
    const guilty = [...sources, ...tooling, ...documents].filter(
      ({ path, text: body }) =>
        path !== 'test/house/sources.test.ts' &&
        /\/work\/(main|shared)|\b(helper|issue) [A-Z0-9]\b|\b(this|previous|last) session\b/.test(body),
    )
    expect(guilty.map(({ path }) => path)).toEqual([])
  })
})

describe('documents', () => {
  test('docs/errors.md has a row for each error code and no other', () => {
    const codes = [...text('src/errors/argo-error.ts').matchAll(/\| '(ERR_[A-Z_]+)'/g)].map(
      ([, code]) => code,
    )
    const rows = [...text('docs/errors.md').matchAll(/^\| `(ERR_[A-Z_]+)`/gm)].map(([, code]) => code)
    expect(new Set(rows)).toEqual(new Set(codes))
    expect(rows.length).toBe(codes.length)
  })

  test('docs/coverage.md says what the tables of the decoder say', () => {
    expect(text('docs/coverage.md'), 'run: node scripts/pinned.mjs scripts/coverage.ts').toBe(
      coverageDocument(),
    )
  })

  test('each chosen difference in the sources has its row in docs/differences.md', () => {
    const rows = text('docs/differences.md')
    const deviating = sources
      .filter(({ text: body }) => /(\/\/|\*) deviates:/.test(body))
      .map(({ path }) => path)
    expect(deviating.filter((path) => !rows.includes(path))).toEqual([])
  })

  test('each dependency has its line in an architecture decision', () => {
    const manifest = JSON.parse(text('package.json')) as {
      dependencies: object
      devDependencies: object
      optionalDependencies: object
    }
    const names = Object.keys({
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...manifest.optionalDependencies,
    })
    const decisions = readdirSync(join(repositoryRoot, 'docs/adr'))
      .map((file) => text(`docs/adr/${file}`))
      .join('\n')
    expect(names.filter((name) => !decisions.includes(`\`${name}\``))).toEqual([])
  })

  test('each proof in docs/faults.md is there, and each file of test/faults has its row', () => {
    const named = new Set(
      [...text('docs/faults.md').matchAll(/`(test\/[^`]+\.ts)`/g)].map(([, path]) => path ?? ''),
    )
    expect([...named].filter((path) => !existsSync(join(repositoryRoot, path)))).toEqual([])
    const faults = readdirSync(join(repositoryRoot, 'test/faults')).filter((name) =>
      name.endsWith('.test.ts'),
    )
    expect(faults.filter((name) => !named.has(`test/faults/${name}`))).toEqual([])
  })

  test('the lock file names no registry', () => {
    expect(text('package-lock.json')).not.toMatch(/"resolved"/)
  })
})

function read(folders: readonly string[]): readonly Source[] {
  return folders.flatMap((folder) =>
    readdirSync(join(repositoryRoot, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => ({
        path: `${folder}/${name}`,
        text: readFileSync(join(repositoryRoot, folder, name), 'utf8'),
      })),
  )
}

function having(pattern: RegExp): readonly string[] {
  return sources.filter(({ text: body }) => pattern.test(body)).map(({ path }) => path)
}
