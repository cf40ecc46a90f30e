// The folder dist/rootfs: everything of the executor's image, which Dockerfile.exec copies and image.ts packs.

import {
  chmodSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { interpreterOf } from './elf.ts'
import { writeLicences } from './licences.ts'

export function makeRootfs(root: string, dist: string): void {
  const rootfs = join(dist, 'rootfs')
  rmSync(rootfs, { recursive: true, force: true })
  for (const folder of ['bin/lib', 'etc/ssl/certs', 'tmp', 'licences'])
    mkdirSync(join(rootfs, folder), { recursive: true })
  chmodSync(join(rootfs, 'tmp'), 0o1777)
  linkSync(join(dist, 'argoexec'), join(rootfs, 'bin/argoexec'))
  symlinkSync('argoexec', join(rootfs, 'bin/argo'))
  for (const name of readdirSync(join(dist, 'lib')))
    linkSync(join(dist, 'lib', name), join(rootfs, 'bin/lib', name))
  const loader = interpreterOf(readFileSync(join(dist, 'argoexec')))
  mkdirSync(join(rootfs, dirname(loader)), { recursive: true })
  copyFileSync(join(dist, 'lib/ld.so'), join(rootfs, loader))
  chmodSync(join(rootfs, loader), 0o755)
  writeFileSync(join(rootfs, 'etc/ssl/certs/ca-certificates.crt'), rootCertificates.join('\n') + '\n')
  writeFileSync(
    join(rootfs, 'etc/passwd'),
    'root:x:0:0:root:/:/bin/false\nargo:x:8737:8737:argo:/tmp:/bin/false\n',
  )
  writeFileSync(join(rootfs, 'etc/group'), 'root:x:0:\nargo:x:8737:\n')
  writeFileSync(join(rootfs, 'etc/nsswitch.conf'), 'hosts: files dns\n')
  copyFileSync(join(root, 'scripts/build/mime.types'), join(rootfs, 'etc/mime.types'))
  writeLicences(root, join(dist, 'meta'), join(rootfs, 'licences'))
}
