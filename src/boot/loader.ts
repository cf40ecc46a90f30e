// Reads one bundle of the single executable: every import() of the sources is a bundle of its own, stored compressed,
// with a V8 code cache where loading it is in somebody's way.

import { getRawAsset, isSea } from 'node:sea'
import { noteLoad } from './trace-load.ts'

type Exports = Readonly<Record<string, unknown>>
type BundleFunction = (module: { exports: Exports }, require: (id: string) => unknown) => void

const loaded = new Map<string, Exports>()

/** Makes the loader reachable for the code that the bundler puts where the sources say import(). */
export function installLoader(): void {
  if (isSea()) Object.defineProperty(globalThis, Symbol.for('argo.bundle'), { value: loadBundle })
}

function loadBundle(name: string): Exports {
  const known = loaded.get(name)
  if (known !== undefined) return known
  noteLoad(name)
  // Asked for only here: main and kill, which load no bundle, do not pay for them.
  const { brotliDecompressSync } = process.getBuiltinModule('node:zlib')
  const { Script } = process.getBuiltinModule('node:vm')
  const source = brotliDecompressSync(new Uint8Array(getRawAsset(`${name}.js.br`))).toString('utf8')
  const script = new Script(`(function (module, require) {${source}\n})`, {
    filename: `argo:${name}`,
    ...codeCache(name),
  })
  const module: { exports: Exports } = { exports: {} }
  ;(script.runInThisContext() as BundleFunction)(module, requireBuiltin)
  loaded.set(name, module.exports)
  return module.exports
}

function codeCache(name: string): { cachedData?: Buffer } {
  try {
    return { cachedData: Buffer.from(getRawAsset(`${name}.cache`)) }
  } catch {
    return {}
  }
}

function requireBuiltin(id: string): unknown {
  const builtin = process.getBuiltinModule(id)
  if (builtin === undefined) throw new Error(`the bundle asks for ${id}, which is not part of the runtime`)
  return builtin
}
