// `npm run image [NAME:TAG]`: packs dist/rootfs as a docker-archive, which docker load, podman load and ctr import take.
// Equal files give an equal archive: sorted names, no owners, no times.

import { createHash } from 'node:crypto'
import {
  createReadStream,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { create } from 'tar'

const root = join(import.meta.dirname, '../..')
const epoch = new Date(0)
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

/** Writes `output` and returns its sha256. */
export async function packImage(
  rootfs: string,
  reference: string,
  architecture: string,
  output: string,
): Promise<string> {
  const work = `${output}.work`
  rmSync(work, { recursive: true, force: true })
  mkdirSync(work, { recursive: true })
  const layer = join(work, 'layer.tar')
  await pack(rootfs, readdirSync(rootfs, { recursive: true, encoding: 'utf8' }).toSorted(), layer)
  const layerDigest = await sha256(layer)
  const config = JSON.stringify({
    architecture,
    os: 'linux',
    config: { Env: ['PATH=/bin'], Entrypoint: ['argoexec'], WorkingDir: '/' },
    rootfs: { type: 'layers', diff_ids: [`sha256:${layerDigest}`] },
    history: [{ created_by: 'COPY dist/rootfs/ /' }],
  })
  const configName = `${createHash('sha256').update(config).digest('hex')}.json`
  writeFileSync(join(work, configName), config)
  writeFileSync(
    join(work, 'manifest.json'),
    JSON.stringify([{ Config: configName, RepoTags: [reference], Layers: ['layer.tar'] }]),
  )
  await pack(work, [configName, 'layer.tar', 'manifest.json'], output)
  rmSync(work, { recursive: true })
  return sha256(output)
}

async function pack(folder: string, names: readonly string[], file: string): Promise<void> {
  await create({ cwd: folder, file, portable: true, mtime: epoch, noDirRecurse: true, strict: true }, [
    ...names,
  ])
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

if (import.meta.main) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  const reference = process.argv[2] ?? `argo-ts/argoexec:${version}`
  const output = join(root, 'dist/argoexec-image.tar')
  const digest = await packImage(
    join(root, 'dist/rootfs'),
    reference,
    architectures[process.arch] ?? process.arch,
    output,
  )
  process.stdout.write(
    `${output}  ${reference}  ${(statSync(output).size / 1e6).toFixed(1)} MB  sha256:${digest}\n`,
  )
}
