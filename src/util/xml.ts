// A small XML reader for the messages of S3, on both sides of the wire. They come from outside: no entities but the five
// of XML and character numbers, no document types, bounded depth.

import { ArgoError } from '../errors/argo-error.ts'

export interface XmlElement {
  readonly name: string
  readonly text: string
  readonly children: readonly XmlElement[]
}

const deepest = 32

/** The root element. Attributes, comments and name-space prefixes are dropped. Throws ERR_TORN_DATA (retryable). */
export function parseXml(source: string): XmlElement {
  const stack: { name: string; text: string; children: XmlElement[] }[] = [
    { name: '', text: '', children: [] },
  ]
  let at = 0
  while (at < source.length) {
    const top = stack.at(-1)
    if (top === undefined) throw broken('closes an element too many')
    const open = source.indexOf('<', at)
    if (open === -1) break
    top.text += decodeText(source.slice(at, open))
    if (source.startsWith('<!--', open)) {
      at = after(source, '-->', open)
    } else if (source.startsWith('<![CDATA[', open)) {
      at = after(source, ']]>', open)
      top.text += source.slice(open + 9, at - 3)
    } else if (source.startsWith('<?', open)) {
      at = after(source, '?>', open)
    } else if (source.startsWith('<!', open)) {
      throw broken('holds a document type')
    } else {
      at = after(source, '>', open)
      const inside = source.slice(open + 1, at - 1).trim()
      const name = /^\/?(?:[^\s:/>]+:)?([^\s/>]+)/.exec(inside)?.[1]
      if (name === undefined) throw broken('holds a tag without a name')
      if (inside.startsWith('/')) {
        if (stack.length < 2 || top.name !== name) throw broken(`closes <${name}> where it is not open`)
        stack.pop()
      } else {
        if (stack.length > deepest) throw broken('is nested too deeply')
        const element = { name, text: '', children: [] }
        top.children.push(element)
        if (!inside.endsWith('/')) stack.push(element)
      }
    }
  }
  const root = stack[0]?.children[0]
  if (root === undefined || stack.length !== 1) throw broken('is not complete')
  return root
}

export function childrenOf(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.filter((child) => child.name === name)
}

export function textOf(element: XmlElement, name: string): string | undefined {
  return element.children.find((child) => child.name === name)?.text
}

/** Text for the inside of an element. */
export function escapeXml(text: string): string {
  return text.replace(
    // oxlint-disable-next-line no-control-regex -- the characters that XML would change or not take
    /[&<>"'\u0000-\u001f]/g,
    (character) => `&#${character.charCodeAt(0)};`,
  )
}

function decodeText(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(
    /&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/g,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return named[name] ?? whole
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole
    },
  )
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function after(source: string, mark: string, from: number): number {
  const found = source.indexOf(mark, from)
  if (found === -1) throw broken('is not complete')
  return found + mark.length
}

function broken(what: string): ArgoError {
  return new ArgoError(`the XML text ${what}`, { code: 'ERR_TORN_DATA', retryable: true })
}
