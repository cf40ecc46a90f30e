// Roots for images that tests name, made from programs of this machine: what `images.NAME.root` of the laptop takes.

import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { interpreterOf } from '../../scripts/build/elf.ts'

export interface ImageConfig {
  readonly entrypoint?: readonly string[]
  readonly cmd?: readonly string[]
  readonly root: string
}

/** One cache per version of these recipes: a stale root would fail tests for no visible reason. */
const recipes = createHash('sha256')
  .update(readFileSync(import.meta.filename))
  .digest('hex')
  .slice(0, 8)

const cache = join(
  process.env['XDG_CACHE_HOME'] ?? tmpdir(),
  `argo-ts-image-roots-${process.getuid?.() ?? 0}-${recipes}`,
)

/** The `images` part of a controller configuration for every image that can be made here; missing programs are told. */
export function imageRoots(tell: (missing: string) => void): Readonly<Record<string, ImageConfig>> {
  const images: Record<string, ImageConfig> = {}
  const busybox = program(['/bin/busybox', '/usr/bin/busybox'])
  if (busybox === undefined) tell('busybox (Debian: busybox-static)')
  else {
    const plain = made('busybox', (root) => makeBusybox(busybox, root))
    for (const name of [
      'busybox',
      'busybox:latest',
      'busybox:stable',
      'alpine',
      'alpine:latest',
      'alpine:3.23',
    ]) {
      images[name] = { root: plain, cmd: ['sh'] }
    }
    const argosay = made('argosay', (root) => {
      makeBusybox(busybox, root)
      script(root, 'argosay', argosayScript)
      script(root, 'cowsay', cowsayScript)
      script(root, 'bash', 'exec /bin/sh "$@"\n')
      copyFileSync(join(root, 'bin/argosay'), join(root, 'argosay'))
    })
    images['argoproj/argosay:v1'] = { root: argosay, cmd: ['cowsay'] }
    images['argoproj/argosay:v2'] = { root: argosay, entrypoint: ['argosay'] }
    const python = program(['/usr/bin/python3'])
    if (python === undefined) tell('python3')
    else {
      const root = made('python', (folder) => makePython(busybox, python, folder))
      for (const name of [
        'python:alpine3.23',
        'python:alpine3.6',
        'python:3',
        'debian:12',
        'debian',
        'debian:latest',
      ]) {
        images[name] = { root, cmd: ['python3'] }
      }
    }
  }
  return images
}

/** The cow that the recordings were made with. */
const cowsayScript = `[ $# -gt 0 ] || set -- "$(cat)"
line=$(printf '%s' "$*" | tr -c '' '_')
printf ' __%s\\n< %s >\\n --%s\\n' "$line" "$*" "$(printf '%s' "$line" | tr _ -)"
cat <<'COW'
        \\   ^__^
         \\  (oo)\\_______
            (__)\\       )\\/\\
                ||----w |
                ||     ||
COW
`

const argosayScript = `cmd=\${1:-echo}
[ $# -gt 0 ] && shift
case $cmd in
  echo)
    if [ $# -lt 2 ]; then printf '%s\\n' "\${1:-hello argo}"
    else mkdir -p "$(dirname "$2")"; printf '%s\\n' "$1" >"$2"; fi ;;
  cat) exec cat "$@" ;;
  sleep) exec sleep "$1" ;;
  exit) exit "\${1:-0}" ;;
  sh) exec sh "$@" ;;
  assert_contains) grep -qF -- "$2" "$1" ;;
  *) echo "argosay: unknown command $cmd" >&2; exit 1 ;;
esac
`

/** Makes a folder once for all runs: under a temporary name, then renamed, so that several runs may race. */
function made(name: string, make: (root: string) => void): string {
  const root = join(cache, name)
  if (existsSync(root)) return root
  const temporary = `${root}.${process.pid}`
  rmSync(temporary, { recursive: true, force: true })
  mkdirSync(temporary, { recursive: true })
  make(temporary)
  try {
    renameSync(temporary, root)
  } catch {
    rmSync(temporary, { recursive: true, force: true })
  }
  return root
}

function makeBusybox(busybox: string, root: string): void {
  for (const folder of [
    'bin',
    'tmp',
    'etc',
    'root',
    'usr/bin',
    'var/tmp',
    'proc',
    'sys',
    'dev',
    'home',
    'usr/local/bin',
  ]) {
    mkdirSync(join(root, folder), { recursive: true })
  }
  for (const folder of ['tmp', 'var/tmp']) chmodSync(join(root, folder), 0o1777)
  copyFileSync(busybox, join(root, 'bin/busybox'))
  chmodSync(join(root, 'bin/busybox'), 0o755)
  for (const applet of execFileSync(busybox, ['--list'], { encoding: 'utf8' }).trim().split('\n')) {
    if (applet !== 'busybox') symlinkSync('/bin/busybox', join(root, 'bin', applet))
  }
  writeFileSync(
    join(root, 'etc/passwd'),
    'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n',
  )
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\nnogroup:x:65534:\n')
}

function makePython(busybox: string, python: string, root: string): void {
  makeBusybox(busybox, root)
  const libraries = execFileSync('ldd', [python], { encoding: 'utf8' })
  for (const [path] of libraries.matchAll(/\/\S+/g)) {
    mkdirSync(join(root, dirname(path)), { recursive: true })
    copyFileSync(path, join(root, path))
  }
  const home = execFileSync(python, ['-I', '-c', 'import os; print(os.path.dirname(os.__file__))'], {
    encoding: 'utf8',
  }).trim()
  mkdirSync(join(root, dirname(home)), { recursive: true })
  cpSync(home, join(root, home), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !path.includes('__pycache__') && !/\/(test|dist-packages)$/.test(path),
  })
  copyFileSync(python, join(root, 'usr/bin/python3'))
  symlinkSync('python3', join(root, 'usr/bin/python'))
}

function script(root: string, name: string, body: string): void {
  writeFileSync(join(root, 'bin', name), `#!/bin/sh\n${body}`)
  chmodSync(join(root, 'bin', name), 0o755)
}

/** The first of `paths` that is there and, for busybox, linked without libraries. */
function program(paths: readonly string[]): string | undefined {
  return paths.find((path) => existsSync(path) && (!path.endsWith('busybox') || isStatic(path)))
}

function isStatic(path: string): boolean {
  try {
    interpreterOf(readFileSync(path))
    return false
  } catch {
    return true
  }
}
