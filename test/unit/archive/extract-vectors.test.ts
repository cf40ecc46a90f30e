// The conformance corpus's archives, hostile and harmless, unpacked.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isTarGz } from '../../../src/archive/detect.ts'
import { unpack } from '../../../src/archive/unpack.ts'
import { listTree, writeTarGz, writeZip, type RecipeEntry } from '../../rig/archives.ts'
import { describeNeeding } from '../../rig/needs.ts'
import { vectors } from '../../rig/vectors.ts'

interface Packed {
  readonly format: 'tar.gz' | 'zip'
  readonly recipe: { readonly name: string; readonly entries: readonly RecipeEntry[] }
}

interface Unpacked {
  readonly error: string | null
  readonly outsideTouched: boolean
  readonly tree: readonly string[] | null
}

/** An ordinary user may enter every folder that it may list; see docs/differences.md. */
function asThisUser(line: string): string {
  if (process.geteuid?.() === 0) return line
  return line.replace(/: d(?:[r-][w-][x-]){3}/, (mode) => mode.replace(/r([w-])-/g, 'r$1x'))
}

describeNeeding({ shared: true }, 'archive-extract vectors', () => {
  const cases = vectors<Packed, Unpacked>('archive-extract')

  test.each(cases.map((one) => [`${one.in.format}: ${one.in.recipe.name}`, one] as const))(
    '%s',
    async (_name, one) => {
      const temporary = mkdtempSync(join(tmpdir(), 'archive-'))
      const umask = process.umask(0o022)
      try {
        const outside = join(temporary, 'outside')
        mkdirSync(outside)
        writeFileSync(join(outside, 'pwned'), 'safe')
        const archive = join(temporary, 'archive')
        const fill = (text: string): string =>
          text.replaceAll('$OUTSIDE', outside).replaceAll('$TMP', temporary)
        const entries = JSON.parse(fill(JSON.stringify(one.in.recipe.entries))) as readonly RecipeEntry[]
        if (one.in.format === 'zip') writeZip(archive, entries)
        else writeTarGz(archive, entries)
        expect(await isTarGz(archive)).toBe(one.in.format === 'tar.gz')

        const destination = join(temporary, 'dest')
        const problem = await unpack(one.in.format === 'zip' ? 'zip' : 'tar', archive, destination).then(
          () => null,
          (error: Error) => error.message,
        )

        expect(problem).toBe(one.out.error === null ? null : fill(one.out.error))
        expect(readFileSync(join(outside, 'pwned'), 'utf8') !== 'safe').toBe(one.out.outsideTouched)
        if (one.out.tree !== null)
          expect(listTree(destination, 'dest')).toEqual(one.out.tree.map(fill).map(asThisUser).toSorted())
      } finally {
        process.umask(umask)
        rmSync(temporary, { recursive: true })
      }
    },
  )
})
