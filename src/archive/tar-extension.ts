// What a pax header says about the member that follows it.

import { decodePax } from './pax.ts'
import { size, type TarBlock } from './tar-block.ts'
import { invalid } from './tar-error.ts'

/** Fields that a pax header, or a GNU header of a long name, sets for the member after it. */
export type TarExtension = Partial<
  Pick<TarBlock, 'name' | 'linkTarget' | 'sizeBytes' | 'mtimeSeconds' | 'atimeSeconds'>
>

/** Keywords without a meaning here are ignored, sparse files are refused. */
export function readTarExtension(text: Buffer): TarExtension {
  const records = decodePax(text)
  if ([...records.keys()].some((key) => key.startsWith('GNU.sparse.'))) {
    throw invalid('it holds a sparse file: pack it without --sparse')
  }
  const seconds = (key: string): number | undefined => finite(records.get(key))
  const name = records.get('path')
  const linkTarget = records.get('linkpath')
  const sizeBytes = finite(records.get('size'))
  const mtimeSeconds = seconds('mtime')
  const atimeSeconds = seconds('atime')
  return {
    ...(name?.length ? { name } : {}),
    ...(linkTarget?.length ? { linkTarget } : {}),
    ...(sizeBytes === undefined ? {} : { sizeBytes: size(sizeBytes) }),
    ...(mtimeSeconds === undefined ? {} : { mtimeSeconds }),
    ...(atimeSeconds === undefined ? {} : { atimeSeconds }),
  }
}

function finite(value: Buffer | undefined): number | undefined {
  if (value === undefined || value.length === 0) return undefined
  const text = value.toString('latin1')
  if (!/^-?\d{1,15}(?:\.\d*)?$/.test(text))
    throw invalid(`a pax header has the number ${JSON.stringify(text)}`)
  return Number(text)
}
