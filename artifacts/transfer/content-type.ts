// Media types by file extension, as Go programs find them: a short list of their own, then the system's table.

import { readFileSync } from 'node:fs'
import { extname } from 'node:path'

const tables = [
  '/etc/mime.types',
  '/etc/apache2/mime.types',
  '/etc/apache/mime.types',
  '/etc/httpd/conf/mime.types',
]

const usual: Readonly<Record<string, string>> = {
  avif: 'image/avif',
  css: 'text/css',
  gif: 'image/gif',
  htm: 'text/html',
  html: 'text/html',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  js: 'text/javascript',
  json: 'application/json',
  mjs: 'text/javascript',
  pdf: 'application/pdf',
  png: 'image/png',
  svg: 'image/svg+xml',
  wasm: 'application/wasm',
  webp: 'image/webp',
  xml: 'text/xml',
}

/** Reads the system's table at the first question; `application/octet-stream` for unknown extensions. */
export function createContentTypes(
  readTable: () => string | undefined = readSystemTable,
): (path: string) => string {
  let types: Map<string, string> | undefined
  return (path) => {
    types ??= new Map([...Object.entries(usual), ...parseTable(readTable() ?? '')])
    const type = types.get(extname(path).slice(1).toLowerCase()) ?? 'application/octet-stream'
    return type.startsWith('text/') && !type.includes('charset') ? `${type}; charset=utf-8` : type
  }
}

function parseTable(text: string): [string, string][] {
  return text.split('\n').flatMap((line): [string, string][] => {
    const [type = '', ...extensions] = (line.split('#')[0] ?? '').trim().split(/\s+/)
    return /^[\w.+-]+\/[\w.+-]+$/.test(type)
      ? extensions.map((extension) => [extension.toLowerCase(), type])
      : []
  })
}

function readSystemTable(): string | undefined {
  for (const path of tables) {
    try {
      return readFileSync(path, 'utf8')
    } catch {
      // The next one may be there.
    }
  }
  return undefined
}
