// Types of the two zip packages, which have none: what src/archive uses of them.

declare module 'yauzl' {
  import type { Readable } from 'node:stream'

  export interface Entry {
    readonly fileNameRaw: Buffer
    readonly versionMadeBy: number
    readonly externalFileAttributes: number
    readonly uncompressedSize: number
    readonly crc32: number
    getLastModDate(): Date
  }

  export interface ZipFile {
    eachEntry(): AsyncIterable<Entry>
    openReadStreamPromise(entry: Entry): Promise<Readable>
    close(): void
  }

  export function openPromise(
    path: string,
    options: { readonly decodeStrings: false; readonly autoClose: false },
  ): Promise<ZipFile>
}

declare module 'yazl' {
  import type { Readable } from 'node:stream'

  export interface EntryOptions {
    readonly mtime: Date
    readonly mode: number
  }

  export class ZipFile {
    readonly outputStream: Readable
    on(event: 'error', listener: (error: Error) => void): this
    addReadStreamLazy(
      name: string,
      options: EntryOptions & { readonly size?: number },
      open: (give: (error: Error | null, stream?: Readable) => void) => void,
    ): void
    addEmptyDirectory(name: string, options: EntryOptions): void
    end(): void
  }
}
