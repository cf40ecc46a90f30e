// Exact pieces of a stream of chunks, for parsers of binary formats.

/** Reads forward only. The source is closed by `close`, or by itself at its end. */
export class ByteReader {
  readonly #source: AsyncIterator<Buffer>
  #held: Buffer = Buffer.alloc(0)
  #ended = false

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  /** Up to `most` bytes, at least one; undefined at the end. */
  async some(most: number): Promise<Buffer | undefined> {
    while (this.#held.length === 0) {
      if (!(await this.#more())) return undefined
    }
    const piece = this.#held.subarray(0, most)
    this.#held = this.#held.subarray(piece.length)
    return piece
  }

  /** `length` bytes; fewer only at the end of the source. */
  async exactly(length: number): Promise<Buffer> {
    if (this.#held.length >= length) return this.#cut(length)
    const pieces = [this.#held]
    let bytes = this.#held.length
    this.#held = Buffer.alloc(0)
    while (bytes < length && (await this.#more())) {
      pieces.push(this.#held)
      bytes += this.#held.length
    }
    this.#held = Buffer.concat(pieces)
    return this.#cut(Math.min(length, bytes))
  }

  /** Reads the rest and forgets it, so that checks at the end of the source (a gzip trailer) are made. */
  async drain(): Promise<void> {
    this.#held = Buffer.alloc(0)
    while (await this.#more()) this.#held = Buffer.alloc(0)
  }

  async close(): Promise<void> {
    await this.#source.return?.()
  }

  #cut(length: number): Buffer {
    const piece = this.#held.subarray(0, length)
    this.#held = this.#held.subarray(length)
    return piece
  }

  async #more(): Promise<boolean> {
    if (this.#ended) return false
    const { done, value } = await this.#source.next()
    if (done) {
      this.#ended = true
      return false
    }
    this.#held = value
    return true
  }
}
