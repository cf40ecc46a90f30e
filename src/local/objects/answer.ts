// Answers of the object store on the wire.

import type { ServerResponse } from 'node:http'
import { errorMessage } from '../../errors/argo-error.ts'
import { escapeXml } from '../../util/xml.ts'
import { Problem } from './problem.ts'

export function answerXml(response: ServerResponse, xml: string, status = 200): void {
  const body = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${xml}`)
  response.writeHead(status, { 'content-type': 'application/xml', 'content-length': body.length }).end(body)
}

export function answerEmpty(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { ...headers, ...(status === 204 ? {} : { 'content-length': '0' }) }).end()
}

/** The rest of an unread body is not waited for: the connection closes after the answer. */
export function answerProblem(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy()
    return
  }
  const problem = error instanceof Problem ? error : new Problem(500, 'InternalError', errorMessage(error))
  if (!response.req.complete) response.setHeader('connection', 'close')
  answerXml(
    response,
    `<Error><Code>${problem.s3Code}</Code><Message>${escapeXml(problem.message)}</Message></Error>`,
    problem.status,
  )
}
