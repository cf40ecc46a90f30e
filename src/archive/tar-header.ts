// Writes the 512-byte headers of a tar file (POSIX ustar, with pax records where ustar has no room), for packing.

/** What one entry says about itself. Sizes are bytes, times are whole seconds since 1970. */
export interface TarEntry {
  /** Bytes, since a file name on Linux need not be UTF-8. */
  readonly name: Buffer
  readonly type: 'file' | 'directory' | 'symlink' | 'other'
  /** Permission bits including setuid, setgid and sticky. */
  readonly mode: number
  readonly sizeBytes: number
  readonly mtimeSeconds: number
  readonly uid: number
  readonly gid: number
  readonly linkTarget?: Buffer
}

export const blockSize = 512

const typeFlag = { file: '0', directory: '5', symlink: '2', other: '6', pax: 'x' } as const
/** The largest number that eleven octal digits hold: 8 GiB - 1. */
const largestOctal = 0o77777777777
const largestOwner = 0o7777777

/** The header of one entry, preceded by a pax header when a name, a link, a size or an owner does not fit into ustar. */
export function encodeTarHeader(entry: TarEntry): Buffer {
  const records: Buffer[] = []
  const split = splitName(entry.name)
  if (split === undefined) records.push(paxRecord('path', entry.name))
  const link = entry.linkTarget ?? Buffer.alloc(0)
  if (link.length > 100 || !isPlain(link)) records.push(paxRecord('linkpath', link))
  if (entry.sizeBytes > largestOctal) records.push(paxRecord('size', entry.sizeBytes))
  if (entry.uid > largestOwner) records.push(paxRecord('uid', entry.uid))
  if (entry.gid > largestOwner) records.push(paxRecord('gid', entry.gid))
  const header = block(
    split ?? { prefix: Buffer.alloc(0), name: entry.name },
    entry,
    typeFlag[entry.type],
    link,
  )
  return records.length === 0 ? header : Buffer.concat([paxHeader(entry, records), header])
}

/** Zeros that fill the last block of `sizeBytes` bytes of content. */
export function padding(sizeBytes: number): Buffer {
  return Buffer.alloc((blockSize - (sizeBytes % blockSize)) % blockSize)
}

/** Two zero blocks: the end of an archive. */
export function endOfArchive(): Buffer {
  return Buffer.alloc(blockSize * 2)
}

function paxHeader(entry: TarEntry, records: readonly Buffer[]): Buffer {
  const body = Buffer.concat(records)
  const about: TarEntry = { ...entry, mode: 0o644, sizeBytes: body.length, uid: 0, gid: 0 }
  const name = { prefix: Buffer.alloc(0), name: Buffer.from('PaxHeader') }
  return Buffer.concat([block(name, about, typeFlag.pax, Buffer.alloc(0)), body, padding(body.length)])
}

/** `LENGTH KEY=VALUE\n`, where LENGTH counts the whole record in bytes, itself included (POSIX.1-2001 pax). */
function paxRecord(key: string, value: Buffer | number): Buffer {
  const bytes = Buffer.isBuffer(value) ? value : Buffer.from(String(value))
  const rest = key.length + bytes.length + 3
  let length = rest
  while (length !== rest + String(length).length) length = rest + String(length).length
  return Buffer.concat([Buffer.from(`${length} ${key}=`), bytes, Buffer.from('\n')])
}

function block(name: SplitName, entry: TarEntry, flag: string, link: Buffer): Buffer {
  const header = Buffer.alloc(blockSize)
  name.name.copy(header, 0, 0, 100)
  writeOctal(header, entry.mode & 0o7777, 100, 8)
  writeOctal(header, Math.min(entry.uid, largestOwner), 108, 8)
  writeOctal(header, Math.min(entry.gid, largestOwner), 116, 8)
  writeOctal(header, entry.sizeBytes > largestOctal ? 0 : entry.sizeBytes, 124, 12)
  writeOctal(header, Math.min(Math.max(0, entry.mtimeSeconds), largestOctal), 136, 12)
  header.fill(' ', 148, 156)
  header.write(flag, 156)
  link.copy(header, 157, 0, 100)
  header.write('ustar\u000000', 257, 'latin1')
  name.prefix.copy(header, 345, 0, 155)
  let sum = 0
  for (const byte of header) sum += byte
  header.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148, 'latin1')
  return header
}

interface SplitName {
  readonly prefix: Buffer
  readonly name: Buffer
}

/** The name as ustar holds it, at most 100 bytes with up to 155 more as its leading folders; undefined when pax must. */
function splitName(name: Buffer): SplitName | undefined {
  if (!isPlain(name)) return undefined
  if (name.length <= 100) return { prefix: Buffer.alloc(0), name }
  const at = name.lastIndexOf('/', 155)
  const tail = name.length - at - 1
  return at > 0 && tail > 0 && tail <= 100
    ? { prefix: name.subarray(0, at), name: name.subarray(at + 1) }
    : undefined
}

/** ustar knows ASCII only; other names need pax so that every reader takes them as UTF-8. */
function isPlain(text: Buffer): boolean {
  return text.every((byte) => byte >= 0x20 && byte < 0x7f)
}

function writeOctal(header: Buffer, value: number, offset: number, width: number): void {
  header.write(`${value.toString(8).padStart(width - 1, '0')}\u0000`, offset, 'latin1')
}
