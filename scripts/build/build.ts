// Builds dist/: the single executable, its libraries, and the folder that becomes the image.

import { execFileSync } from 'node:child_process'
import { chmodSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import { entryBundle, makeBundles, startBundle, type Bundle } from './bundles.ts'
import { setRunPath, strip } from './elf.ts'
import { ignoreVariables } from './ignore-variables.ts'
import { keepFileLimit } from './keep-file-limit.ts'
import { collectLibraries } from './libraries.ts'
import { makeRootfs } from './rootfs.ts'

const root = dirname(dirname(import.meta.dirname))
const dist = join(root, 'dist')
const work = join(dist, 'work')

/** Roles on whose start somebody waits: they get a V8 code cache. */
const cached = /^(src\/cli|roles\/(init|wait|run|box)|artifacts\/\w+\/(s3|http|raw))$/

/** V8's seeds fixed, so that equal sources give an equal executable; the product's other flags, so that caches fit. */
const buildFlags = ['--random-seed=42', '--no-warnings', '--v8-pool-size=0']

export async function buildExecutable(arch: 'x64' | 'arm64', output: string): Promise<void> {
  const bundles = await makeBundles(root, {
    __ARGO_VERSION__: JSON.stringify(readVersion()),
    __ARGO_COMMIT__: JSON.stringify(readCommit()),
  })
  const node = readFileSync(join(root, `node_modules/node-linux-${arch}/bin/node`))
  const stripped = strip(node)
  setRunPath(stripped, '$ORIGIN/lib')
  keepFileLimit(stripped)
  ignoreVariables(stripped)
  const base = join(work, `node-${arch}`)
  writeFileSync(base, stripped)
  chmodSync(base, 0o755)
  const assets = writeBundles(bundles, arch === process.arch ? base : undefined)
  const config = join(work, 'sea.json')
  writeFileSync(
    config,
    JSON.stringify({
      // Relative, here and for the caches: the name becomes part of the executable, the folder of the checkout must not.
      main: `${startBundle}.js`,
      output,
      executable: base,
      useCodeCache: arch === process.arch,
      disableExperimentalSEAWarning: true,
      execArgv: ['--no-warnings', '--v8-pool-size=0', '--disable-sigusr1'],
      execArgvExtension: 'none',
      assets,
    }),
  )
  execFileSync(join(work, `node-${process.arch}`), [...buildFlags, '--build-sea', config], {
    cwd: work,
    stdio: ['ignore', 'ignore', 2],
  })
  chmodSync(output, 0o755)
}

function writeBundles(bundles: readonly Bundle[], node: string | undefined): Record<string, string> {
  const assets: Record<string, string> = {}
  const caches: string[] = []
  for (const { name, code, metafile } of bundles) {
    const file = join(work, `${name}.js`)
    mkdirSync(dirname(file), { recursive: true })
    mkdirSync(join(dist, 'meta', dirname(name)), { recursive: true })
    writeFileSync(file, code)
    writeFileSync(join(dist, 'meta', `${name}.json`), JSON.stringify(metafile))
    if (name === startBundle) continue
    if (name === entryBundle) assets[`${name}.js`] = file
    else {
      writeFileSync(
        `${file}.br`,
        brotliCompressSync(code, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
      )
      assets[`${name}.js.br`] = `${file}.br`
    }
    if (node !== undefined && cached.test(name)) {
      caches.push(`${name}.js`, `${name}.js.cache`)
      assets[`${name}.cache`] = `${file}.cache`
    }
  }
  if (node !== undefined && caches.length > 0) {
    execFileSync(node, [...buildFlags, join(import.meta.dirname, 'code-cache.ts'), ...caches], { cwd: work })
  }
  return assets
}

function readVersion(): string {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version
}

/** The commit that the sources are at; a tarball of the sources has none. */
function readCommit(): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty', '--exclude', '*'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return 'unknown'
  }
}

if (import.meta.main) {
  process.stderr.write('building the executable\n')
  rmSync(work, { recursive: true, force: true })
  mkdirSync(work, { recursive: true })
  // As old as the sources that are read now: what is changed meanwhile is newer and makes the next build.
  writeFileSync(join(work, 'stamp'), '')
  const temporary = join(work, 'argoexec')
  rmSync(join(dist, 'meta'), { recursive: true, force: true })
  await buildExecutable(process.arch as 'x64' | 'arm64', temporary)
  collectLibraries(readFileSync(temporary), join(work, 'lib'))
  linkSync(temporary, join(work, 'argo'))
  rmSync(join(dist, 'lib'), { recursive: true, force: true })
  for (const name of ['lib', 'argoexec', 'argo']) renameSync(join(work, name), join(dist, name))
  makeRootfs(root, dist)
  renameSync(join(work, 'stamp'), join(dist, 'stamp'))
  rmSync(work, { recursive: true, force: true })
}
