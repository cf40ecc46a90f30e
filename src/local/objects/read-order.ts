// The two requests whose body is XML: which objects to delete, which parts make the whole.

import type { IncomingMessage } from 'node:http'
import { readBody } from '../../util/http/read-body.ts'
import { sha256Hex } from '../../util/sigv4.ts'
import { childrenOf, parseXml, textOf, type XmlElement } from '../../util/xml.ts'
import type { PartReference } from './multipart-files.ts'
import { Problem } from './problem.ts'

const longestBody = 8 * 1024 * 1024

export async function deleteOrder(request: IncomingMessage, bodyHash: string | undefined): Promise<string[]> {
  const keys = childrenOf(await readXml(request, bodyHash), 'Object').map(
    (object) => textOf(object, 'Key') ?? '',
  )
  if (keys.length === 0 || keys.length > 1000 || keys.includes('')) throw malformed()
  return keys
}

export async function partList(
  request: IncomingMessage,
  bodyHash: string | undefined,
): Promise<PartReference[]> {
  return childrenOf(await readXml(request, bodyHash), 'Part').map((part) => {
    const number = Number(textOf(part, 'PartNumber'))
    const etag = (textOf(part, 'ETag') ?? '').replace(/^"|"$/g, '')
    // It becomes part of a file name.
    if (!Number.isInteger(number) || !/^[0-9a-f]{64}$/.test(etag))
      throw new Problem(400, 'InvalidPart', 'One or more of the specified parts could not be found.')
    return { number, etag }
  })
}

async function readXml(request: IncomingMessage, bodyHash: string | undefined): Promise<XmlElement> {
  const body = await readBody(request, longestBody)
  if (bodyHash !== undefined && sha256Hex(body) !== bodyHash) {
    throw new Problem(400, 'XAmzContentSHA256Mismatch', 'The body is not the one that was signed.')
  }
  try {
    return parseXml(body.toString('utf8'))
  } catch {
    throw malformed()
  }
}

function malformed(): Problem {
  return new Problem(
    400,
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema.',
  )
}
