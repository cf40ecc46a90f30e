// The symbolic links that an archive asks for: kept as a plan until everything else is written, so that no name of
// the archive is ever resolved through a link on disk.

import { ArgoError } from '../errors/argo-error.ts'

/** As the kernel's limit (ELOOP). */
const longestChain = 40

export class LinkPlan {
  readonly #root: string
  readonly #targets = new Map<string, string>()

  /** `root`: absolute path of the folder that is unpacked into; absolute targets below it are allowed. */
  constructor(root: string) {
    this.#root = root
  }

  /** Throws `illegal symlink target: NAME -> TARGET` when the target, read as text, leaves the root. */
  add(parts: readonly string[], name: string, target: string): void {
    if (clean(parts.slice(0, -1), target, this.#root) === undefined) throw illegal(name, target)
    this.#targets.set(parts.join('/'), target)
  }

  /** Forgets a link in whose place something else was written. */
  remove(parts: readonly string[]): void {
    this.#targets.delete(parts.join('/'))
  }

  /**
   * The name with planned links followed, the last part too when `followLast`. Undefined when that leaves the root,
   * which a chain of links can do although each of its links looks harmless (x -> ., y -> x/..).
   */
  resolve(parts: readonly string[], followLast: boolean): readonly string[] | undefined {
    if (this.#targets.size === 0) return parts
    let done: string[] = []
    const todo = [...parts]
    for (let hops = 0; todo.length > 0;) {
      const part = todo.shift() ?? ''
      if (part === '' || part === '.') continue
      if (part === '..') {
        if (done.pop() === undefined) return undefined
        continue
      }
      const target = this.#targets.get([...done, part].join('/'))
      if (target === undefined || (todo.length === 0 && !followLast)) {
        done.push(part)
        continue
      }
      if (++hops > longestChain) throw illegal(parts.join('/'), target)
      const inside = target.startsWith('/') ? relativeTo(this.#root, target) : target
      if (inside === undefined) return undefined
      if (target.startsWith('/')) done = []
      todo.unshift(...inside.split('/'))
    }
    return done
  }

  /** All links, each checked once more now that all are known. */
  *finish(): Generator<readonly [name: string, target: string]> {
    for (const [name, target] of this.#targets) {
      if (this.resolve(name.split('/'), true) === undefined) throw illegal(name, target)
    }
    yield* this.#targets
  }
}

/** The parts of `name` below `base` by text alone; undefined when it leaves the root. */
export function clean(base: readonly string[], name: string, root: string): readonly string[] | undefined {
  const relative = name.startsWith('/') ? relativeTo(root, name) : name
  if (relative === undefined) return undefined
  const parts = name.startsWith('/') ? [] : [...base]
  for (const part of relative.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined) return undefined
  }
  return parts
}

function relativeTo(root: string, path: string): string | undefined {
  return path === root || path.startsWith(`${root}/`) ? path.slice(root.length) : undefined
}

function illegal(name: string, target: string): ArgoError {
  return new ArgoError(`illegal symlink target: ${name} -> ${target}`, { code: 'ERR_UNSAFE_PATH' })
}
