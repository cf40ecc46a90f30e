// A refusal of the embedded object store, as S3 words it.

export class Problem extends Error {
  readonly status: number
  readonly s3Code: string

  constructor(status: number, s3Code: string, message: string) {
    super(message)
    this.status = status
    this.s3Code = s3Code
  }
}

export function notImplemented(what: string): Problem {
  return new Problem(501, 'NotImplemented', `This store does not do that: ${what}`)
}
