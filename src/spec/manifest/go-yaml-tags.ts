// The scalars of YAML as Go's reader resolves them: YAML 1.1 booleans and octals, but dates and times of day are text.

import type { ScalarTag } from 'yaml'

const truths = ['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']
const falsehoods = ['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']

/** In the order in which they are tried; what none of them takes is text. */
export const goYamlTags: ScalarTag[] = [
  {
    tag: 'tag:yaml.org,2002:null',
    default: true,
    test: /^(?:~|null|Null|NULL)?$/,
    resolve: () => null,
  },
  {
    tag: 'tag:yaml.org,2002:bool',
    default: true,
    test: new RegExp(`^(?:${[...truths, ...falsehoods].join('|')})$`),
    resolve: (text) => truths.includes(text),
  },
  {
    tag: 'tag:yaml.org,2002:int',
    default: true,
    test: /^[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|0|[1-9][0-9_]*)$/,
    resolve: (text) => readInteger(text),
  },
  {
    tag: 'tag:yaml.org,2002:float',
    default: true,
    test: /^[-+]?(?:\.[0-9_]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?$/,
    resolve: (text) => Number(text.replaceAll('_', '')),
  },
  {
    tag: 'tag:yaml.org,2002:float',
    default: true,
    test: /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
    // JSON has no such number and Go's reader fails on it; as text it is refused where a number is wanted.
    resolve: (text) => text,
  },
]

/** A number, or a bigint where a number would lose digits. */
function readInteger(text: string): number | bigint {
  const digits = text.replaceAll('_', '').replace(/^[-+]/, '')
  const octal = /^0o?([0-7]+)$/.exec(digits)?.[1]
  const size = BigInt(octal === undefined ? digits : `0o${octal}`)
  const value = text.startsWith('-') ? -size : size
  return Number.isSafeInteger(Number(value)) ? Number(value) : value
}
