// Reads one bundle of the single executable: every import() of the sources is a bundle of its own, with a V8 code cache
// where loading it is in somebody's way.

import { getRawAsset, isSea } from 'node:sea'
import { noteLoad } from './trace-load.ts'

type Exports = Readonly<Record<string, unknown>>
export type BundleFunction = (module: { exports: Exports }, require: (id: string) => unknown) => void

const loaded = new Map<string, Exports>()

/** Makes the loader reachable for the code that the bundler puts where the sources say import(). */
export function installLoader(): void {
  if (isSea()) Object.defineProperty(globalThis, Symbol.for('argo.bundle'), { value: loadBundle })
}

function loadBundle(name: string): Exports {
  const known = loaded.get(name)
  if (known !== undefined) return known
  const { Script } = process.getBuiltinModule('node:vm')
  const cachedData = asset(`${name}.cache`)
  const script = new Script(wrapBundle(sourceOf(name)), {
    filename: `argo:${name}`,
    ...(cachedData === undefined ? {} : { cachedData }),
  })
  noteLoad(name, script.cachedDataRejected)
  const module: { exports: Exports } = { exports: {} }
  ;(script.runInThisContext() as BundleFunction)(module, requireBuiltin)
  loaded.set(name, module.exports)
  return module.exports
}

/** The text that is compiled: a code cache fits the very same text only. */
export function wrapBundle(code: string): string {
  return `(function (module, require) {${code}\n})`
}

/** Stored as it is where unpacking would take longer than reading, else compressed. */
function sourceOf(name: string): string {
  const plain = asset(`${name}.js`)
  if (plain !== undefined) return plain.toString('utf8')
  // Asked for only here: main and kill, which load no compressed bundle, do not pay for it.
  const { brotliDecompressSync } = process.getBuiltinModule('node:zlib')
  return brotliDecompressSync(new Uint8Array(getRawAsset(`${name}.js.br`))).toString('utf8')
}

function asset(key: string): Buffer | undefined {
  try {
    return Buffer.from(getRawAsset(key))
  } catch {
    return undefined
  }
}

function requireBuiltin(id: string): unknown {
  const builtin = process.getBuiltinModule(id)
  if (builtin === undefined) throw new Error(`the bundle asks for ${id}, which is not part of the runtime`)
  return builtin
}
