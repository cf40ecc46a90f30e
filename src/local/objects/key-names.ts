// Object keys as file names and back: any key, however strange or long, stays one plain entry below the store's folder.

/** Longest piece of an encoded key in one file name; the system takes 255 bytes. */
const pieceLength = 200

/**
 * Relative path for `key`: characters that are safe and easy to read stay, all others become %XX of their UTF-8 bytes,
 * `/` included. Long keys are cut into folders whose names end with `~`, which no file name does.
 */
export function fileOfKey(key: string): string {
  const bytes = Buffer.from(key)
  let name = ''
  for (const byte of bytes) {
    const character = String.fromCharCode(byte)
    // A leading dot is hidden from people; "." and ".." are not names at all.
    const safe = /[A-Za-z0-9_=,@+-]/.test(character) || (character === '.' && name !== '')
    name += safe ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  const pieces = name.match(new RegExp(`.{1,${pieceLength}}`, 'g')) ?? []
  return pieces.map((piece, index) => (index < pieces.length - 1 ? `${piece}~` : piece)).join('/')
}

/** The key behind a path of fileOfKey; undefined for files that the store did not write. */
export function keyOfFile(path: string): string | undefined {
  const pieces = path.split('/')
  const inner = pieces.slice(0, -1)
  if (inner.some((piece) => !piece.endsWith('~'))) return undefined
  const name = [...inner.map((piece) => piece.slice(0, -1)), pieces.at(-1) ?? ''].join('')
  try {
    const key = decodeURIComponent(name)
    return key !== '' && fileOfKey(key) === path ? key : undefined
  } catch {
    return undefined
  }
}
