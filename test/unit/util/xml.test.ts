// The XML reader: what it takes, and what it refuses.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { childrenOf, escapeXml, parseXml, textOf } from '../../../src/util/xml.ts'

describe('parseXml', () => {
  test('elements, texts, attributes, comments, prefixes', () => {
    const root = parseXml(
      '<?xml version="1.0"?>\n<!-- c --><s:R xmlns:s="x"><a>1</a><b at="<"/> <a>2&amp;&#x41;&#66;</a><![CDATA[<raw>]]></s:R>'.replace(
        'at="<"',
        'at="1"',
      ),
    )
    expect(root.name).toBe('R')
    expect(childrenOf(root, 'a').map(({ text }) => text)).toEqual(['1', '2&AB'])
    expect(textOf(root, 'b')).toBe('')
    expect(textOf(root, 'none')).toBeUndefined()
    expect(root.text).toBe(' <raw>')
  })

  test.each([
    ['a document type', '<!DOCTYPE r [<!ENTITY a "b">]><r/>'],
    ['an open element', '<r><a></r>'],
    ['an element that nobody opened', '</r>'],
    ['no end', '<r>'],
    ['no element', 'text'],
    ['nothing', ''],
    ['a tag without end', '<r'],
    ['a nameless tag', '<r>< ></r>'],
    ['depth without end', '<a>'.repeat(100_000)],
  ])('refuses %s', (_name, source) => {
    expect(() => parseXml(source)).toThrow(expect.objectContaining({ code: 'ERR_TORN_DATA' }))
  })

  test('unknown entities and numbers stay as they are', () => {
    expect(parseXml('<r>&a;&#x110000;&#xffffffff;</r>').text).toBe('&a;&#x110000;&#xffffffff;')
  })

  test('what is escaped is read back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(parseXml(`<r>${escapeXml(text)}</r>`).text).toBe(text)
      }),
    )
  })

  test('never hangs and throws nothing but its own error', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('<', '>', '/', 'a', '&', '!', '-', '[', ']', '?', ' ') }),
        (text) => {
          try {
            parseXml(text)
          } catch (error) {
            expect(error).toMatchObject({ code: 'ERR_TORN_DATA' })
          }
        },
      ),
    )
  })
})
