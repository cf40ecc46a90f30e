// Just enough of the ELF format for the build: strip a program, read what it needs, give it a run path. Own code, since
// a laptop with only Node and npm has neither strip nor patchelf.

interface Segment {
  readonly type: number
  readonly offset: number
  readonly address: number
  readonly fileSize: number
  /** Where the program header itself lies in the file. */
  readonly headerAt: number
}

const PT_LOAD = 1
const PT_DYNAMIC = 2
const PT_INTERP = 3
const DT_NULL = 0
const DT_NEEDED = 1
const DT_STRTAB = 5
const DT_SYMTAB = 6
const DT_STRSZ = 10
const DT_SYMENT = 11
const DT_RPATH = 15
const machines: Readonly<Record<number, string>> = { 62: 'x64', 183: 'arm64' }

/** 64-bit little-endian only, which both supported machines are. */
export function machineOf(file: Buffer): string {
  if (file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 2 || file[5] !== 1)
    throw new Error('read an executable: it is no 64-bit ELF file')
  return machines[file.readUInt16LE(18)] ?? `machine ${file.readUInt16LE(18)}`
}

/** Without symbols and debug data: all that no program header names lies behind the last segment, and goes. */
export function strip(file: Buffer): Buffer {
  const end = Math.max(...segments(file).map((segment) => segment.offset + segment.fileSize))
  const stripped = file.subarray(0, end)
  stripped.writeBigUInt64LE(0n, 40) // e_shoff
  stripped.writeUInt16LE(0, 60) // e_shnum
  stripped.writeUInt16LE(0, 62) // e_shstrndx
  return stripped
}

/** The path of the dynamic loader that the program asks for. */
export function interpreterOf(file: Buffer): string {
  const segment = interpreterSegment(file)
  return file.toString('latin1', segment.offset, segment.offset + segment.fileSize).replace(/\0.*$/s, '')
}

/** Names of the shared libraries that the program needs. */
export function neededBy(file: Buffer): readonly string[] {
  const strings = stringTable(file)
  return dynamicEntries(file)
    .filter((entry) => entry.tag === DT_NEEDED)
    .map((entry) => textAt(file, strings.offset + entry.value))
}

/**
 * Sets DT_RPATH in place. It is asked before LD_LIBRARY_PATH (DT_RUNPATH is asked after it), so libraries of a
 * stranger's image cannot take the place of ours. The text goes into the string table over the tail of the longest name of a
 * symbol that the program itself defines: nothing looks that name up, and no byte of the file moves.
 */
export function setRunPath(file: Buffer, path: string): void {
  const text = Buffer.from(`${path}\0`)
  const entries = dynamicEntries(file)
  const free = entries.filter((entry) => entry.tag === DT_NULL)
  if (free.length < 2 || free[0] === undefined)
    throw new Error('set the run path: the dynamic section has no free entry')
  const strings = stringTable(file)
  const victim = longestOwnSymbol(file, strings)
  if (victim.length < text.length + 8)
    throw new Error('set the run path: no symbol name is long enough to hold it')
  const start = victim.offset + victim.length + 1 - text.length
  text.copy(file, start)
  file.writeUInt8(0, start - 1)
  file.writeBigUInt64LE(BigInt(DT_RPATH), free[0].at)
  file.writeBigUInt64LE(BigInt(start - strings.offset), free[0].at + 8)
}

function interpreterSegment(file: Buffer): Segment {
  const segment = segments(file).find(({ type }) => type === PT_INTERP)
  if (segment === undefined) throw new Error('read an executable: it names no dynamic loader')
  return segment
}

function segments(file: Buffer): readonly Segment[] {
  const start = Number(file.readBigUInt64LE(32))
  const size = file.readUInt16LE(54)
  return Array.from({ length: file.readUInt16LE(56) }, (_, index) => {
    const headerAt = start + index * size
    return {
      headerAt,
      type: file.readUInt32LE(headerAt),
      offset: Number(file.readBigUInt64LE(headerAt + 8)),
      address: Number(file.readBigUInt64LE(headerAt + 16)),
      fileSize: Number(file.readBigUInt64LE(headerAt + 32)),
    }
  })
}

interface DynamicEntry {
  readonly tag: number
  readonly value: number
  readonly at: number
}

function dynamicEntries(file: Buffer): readonly DynamicEntry[] {
  const segment = segments(file).find(({ type }) => type === PT_DYNAMIC)
  if (segment === undefined) throw new Error('read an executable: it is statically linked')
  return Array.from({ length: segment.fileSize / 16 }, (_, index) => {
    const at = segment.offset + index * 16
    return { at, tag: Number(file.readBigUInt64LE(at)), value: Number(file.readBigUInt64LE(at + 8)) }
  })
}

interface Table {
  readonly offset: number
  readonly size: number
}

function stringTable(file: Buffer): Table {
  return { offset: fileOffset(file, dynamicValue(file, DT_STRTAB)), size: dynamicValue(file, DT_STRSZ) }
}

function dynamicValue(file: Buffer, tag: number): number {
  const entry = dynamicEntries(file).find((candidate) => candidate.tag === tag)
  if (entry === undefined) throw new Error(`read an executable: its dynamic section lacks entry ${tag}`)
  return entry.value
}

function fileOffset(file: Buffer, address: number): number {
  const segment = segments(file).find(
    ({ type, address: from, fileSize }) => type === PT_LOAD && address >= from && address < from + fileSize,
  )
  if (segment === undefined) throw new Error(`read an executable: address ${address} is in no segment`)
  return segment.offset + address - segment.address
}

function longestOwnSymbol(
  file: Buffer,
  strings: Table,
): { readonly offset: number; readonly length: number } {
  const table = fileOffset(file, dynamicValue(file, DT_SYMTAB))
  const entrySize = dynamicValue(file, DT_SYMENT)
  let best = { offset: strings.offset, length: 0 }
  // The table of symbols ends where the table of strings begins, as every linker lays them out.
  for (let at = table; at + entrySize <= strings.offset; at += entrySize) {
    if (file.readUInt16LE(at + 6) === 0) continue // st_shndx: defined elsewhere, so the loader looks the name up
    const offset = strings.offset + file.readUInt32LE(at)
    const length = file.indexOf(0, offset) - offset
    if (length > best.length) best = { offset, length }
  }
  return best
}

function textAt(file: Buffer, offset: number): string {
  return file.toString('latin1', offset, file.indexOf(0, offset))
}
