// The sources as bundles: the start, and one for every import() of a file of ours that is met on the way.

import { build, type Metafile, type Plugin } from 'esbuild'
import { existsSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { createHash } from 'node:crypto'

export interface Bundle {
  /** Path of its source without ending, e.g. `roles/init`. */
  readonly name: string
  readonly code: string
  readonly metafile: Metafile
}

/** What the executable starts with, and what that fetches first: the entry. */
export const [startBundle, entryBundle] = ['src/start', 'src/cli']

/**
 * main and kill run in strangers' containers under small limits: they, and what main needs to stage outputs, are part
 * of the entry, so that nothing else is ever read there.
 */
const partOfEntry = ['roles/main', 'roles/kill', 'src/archive/pack-tar-gz']

export async function makeBundles(
  root: string,
  defines: Readonly<Record<string, string>>,
): Promise<readonly Bundle[]> {
  const bundles: Bundle[] = []
  const queue: string[] = [startBundle]
  const seen = new Set(queue)
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    const met: string[] = []
    const result = await build({
      entryPoints: [join(root, `${name}.ts`)],
      absWorkingDir: root,
      bundle: true,
      write: false,
      metafile: true,
      minify: true,
      keepNames: true,
      legalComments: 'none',
      charset: 'utf8',
      platform: 'node',
      target: 'node26',
      format: 'cjs',
      define: { ...defines },
      logLevel: 'error',
      plugins: [ownImports(root, name === entryBundle, met)],
    })
    bundles.push({ name, code: result.outputFiles[0]?.text ?? '', metafile: result.metafile })
    for (const found of met) {
      if (!seen.has(found)) {
        seen.add(found)
        queue.push(found)
      }
    }
  }
  return bundles
}

/** Replaces import() of a file of ours by a call of the loader, and notes which files were met. */
function ownImports(root: string, isEntry: boolean, met: string[]): Plugin {
  return {
    name: 'own-imports',
    setup(plugin) {
      plugin.onResolve({ filter: /^\.\.?\// }, ({ kind, path, importer }) => {
        if (kind !== 'dynamic-import' || importer.includes('node_modules')) return undefined
        const file = resolve(dirname(importer), path)
        if (!existsSync(file)) return undefined
        const name = relative(root, file).replace(/\.ts$/, '')
        if (isEntry && partOfEntry.includes(name)) return undefined
        met.push(name)
        return { path: name, namespace: 'bundle' }
      })
      plugin.onLoad({ filter: /./, namespace: 'bundle' }, ({ path }) => ({
        contents: `module.exports = globalThis[Symbol.for('argo.bundle')](${JSON.stringify(path)})`,
        loader: 'js',
      }))
    },
  }
}

/** Identity of a set of bundles, to tell whether anything has to be built again. */
export function digestOf(bundles: readonly Bundle[]): string {
  const hash = createHash('sha256')
  for (const { name, code } of bundles) hash.update(`${name}\0${code}\0`)
  return hash.digest('hex')
}
