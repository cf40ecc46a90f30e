// Writes the members of a tar archive below a folder, whatever the archive says.

import { closeSync, futimesSync, writeSync } from 'node:fs'
import { ArgoError } from '../errors/argo-error.ts'
import { clean, LinkPlan } from './link-plan.ts'
import { SafeDir } from './safe-dir.ts'
import { readTar, type TarMember, type ReadTarOptions } from './tar-reader.ts'

export interface ExtractOptions {
  readonly signal?: AbortSignal
  /** Told about members that are left out. */
  readonly onWarning?: (message: string) => void
}

/**
 * Unpacks into `folder`, an absolute path that exists. Files get the permission bits of the archive under the umask
 * and its times; folders 0755; owners are not restored. Symbolic links are made last. Throws `illegal file path: X`
 * and `illegal symlink target: A -> B` (ERR_UNSAFE_PATH), ERR_TORN_DATA, ERR_INVALID_INPUT.
 */
export async function extractTar(
  source: AsyncIterable<Buffer>,
  folder: string,
  options: ExtractOptions & ReadTarOptions = {},
): Promise<void> {
  const links = new LinkPlan(folder)
  const dir = new SafeDir(folder)
  try {
    for await (const member of readTar(source, options)) {
      options.signal?.throwIfAborted()
      await writeMember(member, dir, links, options)
    }
    for (const [name, target] of links.finish()) dir.makeLink(target, name)
  } finally {
    dir.close()
  }
}

async function writeMember(
  member: TarMember,
  dir: SafeDir,
  links: LinkPlan,
  options: ExtractOptions,
): Promise<void> {
  // An absolute name lands below the folder, at its own path.
  const parts = clean([], member.name.replace(/^\/+/, ''), '')
  if (parts === undefined || member.name.includes('\u0000')) throw illegalPath(member.name)
  if (parts.length === 0) return
  if (member.type === 'symlink') {
    links.add(resolved(links, parts, false, member.name), member.name, member.linkTarget)
    return
  }
  if (member.type === 'other') {
    options.onWarning?.(`${member.name} is a device or a pipe: left out`)
    return
  }
  if (member.type === 'hardlink') {
    hardLink(member, parts, dir, links, options)
    return
  }
  // parity: a file or folder of a planned link's name goes where the link leads, as on a disk where the link is.
  const place = resolved(links, parts, true, member.name)
  if (place.length === 0) return
  if (member.type === 'directory') {
    // parity: the mode in the archive is ignored for folders.
    dir.makeDir(place.join('/'))
    return
  }
  await writeFile(member, dir.createFile(place.join('/'), member.mode))
}

// deviates: hard links to members of the archive are made, where Argo leaves all of them out.
/** One that leads elsewhere, or to nothing, is left out. */
function hardLink(
  member: TarMember,
  parts: readonly string[],
  dir: SafeDir,
  links: LinkPlan,
  options: ExtractOptions,
): void {
  const from = clean([], member.linkTarget.replace(/^\/+/, ''), '')
  const source = from === undefined ? undefined : links.resolve(from, true)
  const place = resolved(links, parts, false, member.name)
  const made =
    source !== undefined &&
    source.length > 0 &&
    source.join('/') !== place.join('/') &&
    dir.makeHardLink(source.join('/'), place.join('/'))
  if (made) links.remove(place)
  else
    options.onWarning?.(
      `${member.name} is a hard link to ${member.linkTarget}, no file of this archive: left out`,
    )
}

async function writeFile(member: TarMember, descriptor: number): Promise<void> {
  let closed = false
  try {
    for await (const piece of member.body) {
      for (let offset = 0; offset < piece.length;) offset += writeSync(descriptor, piece, offset)
    }
    setTimes(descriptor, member)
    closed = true
    closeSync(descriptor)
  } finally {
    if (!closed) closeSync(descriptor)
  }
}

/** Times that no file system can hold are left out: they are no reason to lose the content. */
function setTimes(descriptor: number, { atimeSeconds, mtimeSeconds }: TarMember): void {
  const furthest = Math.max(Math.abs(atimeSeconds), Math.abs(mtimeSeconds))
  if (furthest < 2 ** 33) futimesSync(descriptor, atimeSeconds, mtimeSeconds)
}

function resolved(
  links: LinkPlan,
  parts: readonly string[],
  followLast: boolean,
  name: string,
): readonly string[] {
  const place = links.resolve(parts, followLast)
  if (place === undefined) throw illegalPath(name)
  return place
}

function illegalPath(name: string): ArgoError {
  return new ArgoError(`illegal file path: ${name}`, { code: 'ERR_UNSAFE_PATH' })
}
