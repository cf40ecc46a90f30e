// Builds archives from recipes, also hostile ones that no packer would write, and lists what unpacking them left.

import { lstatSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, gzipSync } from 'node:zlib'

export interface RecipeEntry {
  readonly name: string
  readonly type: 'file' | 'dir' | 'symlink' | 'link' | 'fifo'
  readonly mode: string
  readonly content?: string
  readonly link?: string
}

export function writeTarGz(path: string, entries: readonly RecipeEntry[]): void {
  writeFileSync(path, gzipSync(tarBytes(entries)))
}

const flags = { file: '0', dir: '5', symlink: '2', link: '1', fifo: '6' } as const

export function tarBytes(entries: readonly RecipeEntry[]): Buffer {
  const blocks = entries.flatMap((entry) => {
    const content = Buffer.from(entry.type === 'file' ? (entry.content ?? '') : '')
    const name = Buffer.from(entry.name)
    const link = Buffer.from(entry.link ?? '')
    return [
      ...(name.length > 100 ? longName('L', name) : []),
      ...(link.length > 100 ? longName('K', link) : []),
      tarHeader(name, flags[entry.type], Number.parseInt(entry.mode, 8), content.length, link),
      content,
      Buffer.alloc((512 - (content.length % 512)) % 512),
    ]
  })
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}

function longName(flag: string, text: Buffer): Buffer[] {
  const body = Buffer.concat([text, Buffer.alloc(512 - (text.length % 512))])
  return [tarHeader(Buffer.from('././@LongLink'), flag, 0, text.length + 1, Buffer.alloc(0)), body]
}

function tarHeader(name: Buffer, flag: string, mode: number, size: number, link: Buffer): Buffer {
  const header = Buffer.alloc(512)
  name.copy(header, 0, 0, 100)
  header.write(`${mode.toString(8).padStart(7, '0')}\u0000`, 100)
  header.write('0000000\u00000000000\u0000', 108)
  header.write(`${size.toString(8).padStart(11, '0')}\u000000000000000\u0000        ${flag}`, 124)
  link.copy(header, 157, 0, 100)
  header.write('ustar\u000000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148)
  return header
}

const fileTypes = {
  file: 0o100000,
  dir: 0o040000,
  symlink: 0o120000,
  link: 0o100000,
  fifo: 0o010000,
} as const

/** Stored entries only; names as they are. */
export function writeZip(path: string, entries: readonly RecipeEntry[]): void {
  const local: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const entry of entries) {
    const content = Buffer.from(entry.type === 'symlink' ? (entry.link ?? '') : (entry.content ?? ''))
    const name = Buffer.from(entry.name)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(0x800, 2)
    common.writeUInt16LE(0x21, 8)
    common.writeUInt32LE(crc32(content), 10)
    common.writeUInt32LE(content.length, 14)
    common.writeUInt32LE(content.length, 18)
    common.writeUInt16LE(name.length, 22)
    const localHeader = Buffer.concat([Buffer.from('PK\u0003\u0004'), common, name, content])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(((fileTypes[entry.type] | Number.parseInt(entry.mode, 8)) << 16) >>> 0, 6)
    tail.writeUInt32LE(offset, 10)
    central.push(Buffer.concat([Buffer.from('PK\u0001\u0002'), Buffer.from([20, 3]), common, tail, name]))
    local.push(localHeader)
    offset += localHeader.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(entries.length, 4)
  end.writeUInt16LE(entries.length, 6)
  end.writeUInt32LE(directory.length, 8)
  end.writeUInt32LE(offset, 12)
  writeFileSync(path, Buffer.concat([...local, directory, Buffer.from('PK\u0005\u0006'), end]))
}

/** `path: mode content` or `path: mode -> target` for everything at and below `root`, sorted as text. */
export function listTree(root: string, topName = '.'): string[] {
  const stats = lstatSync(root, { throwIfNoEntry: false })
  if (stats === undefined) return []
  const lines: string[] = []
  const visit = (path: string, name: string): void => {
    const found = lstatSync(path)
    const letters = modeText(found.mode)
    if (found.isSymbolicLink()) lines.push(`${name}: L${letters} -> ${readlinkSync(path)}`)
    else if (found.isDirectory()) lines.push(`${name}: d${letters}`)
    else lines.push(`${name}: -${letters} ${readFileSync(path, 'utf8')}`)
    if (!found.isDirectory()) return
    for (const child of readdirSync(path)) visit(join(path, child), name === '.' ? child : `${name}/${child}`)
  }
  visit(root, stats.isDirectory() ? '.' : topName)
  return lines.toSorted()
}

function modeText(mode: number): string {
  return [6, 3, 0]
    .map((shift) =>
      ['r', 'w', 'x'].map((letter, bit) => ((mode >> shift) & (4 >> bit) ? letter : '-')).join(''),
    )
    .join('')
}
