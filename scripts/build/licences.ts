// Licence texts of everything inside the image, beside it: Node, the C libraries, and each bundled package.

import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Metafile } from 'esbuild'

/** Debian's packages of the libraries; other systems keep theirs elsewhere, and then Node's LICENSE and ours remain. */
const systemPackages = ['libc6', 'libstdc++6', 'libgcc-s1', 'libatomic1']

export function writeLicences(root: string, metaFolder: string, folder: string): void {
  copyFileSync(join(root, 'LICENSE'), join(folder, 'argo-ts'))
  copyFileSync(join(root, `node_modules/node-linux-${process.arch}/LICENSE`), join(folder, 'node'))
  for (const name of systemPackages) {
    const source = `/usr/share/doc/${name}/copyright`
    if (existsSync(source)) copyFileSync(source, join(folder, name))
  }
  for (const packageFolder of bundledPackages(metaFolder)) {
    const name = packageFolder.replace(/^.*node_modules\//, '').replace('/', '__')
    const text = readdirSync(join(root, packageFolder)).find((file) => /^(licen[cs]e|copying)/i.test(file))
    if (text !== undefined) copyFileSync(join(root, packageFolder, text), join(folder, name))
  }
}

/** Folders of the packages that the bundler took any file from, relative to the root. */
export function bundledPackages(metaFolder: string): readonly string[] {
  const found = new Set<string>()
  mkdirSync(metaFolder, { recursive: true })
  for (const file of readdirSync(metaFolder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.json')) continue
    const { inputs } = JSON.parse(readFileSync(join(metaFolder, file), 'utf8')) as Metafile
    for (const input of Object.keys(inputs)) {
      const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)
      if (match?.[1] !== undefined) found.add(match[1])
    }
  }
  return [...found].sort()
}
