// The Workflows of the conformance corpus that a laptop can run, with what the reference implementation made of them.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Case {
  /** Path below the corpus folder. */
  readonly file: string
  readonly features: string
  readonly expect: string
  /** Files with ConfigMaps and Secrets that it needs beside it. */
  readonly support: readonly string[]
  /** What it needs that a laptop has not, if anything. */
  readonly missing?: string
  readonly recorded?: Recorded
}

export interface Recorded {
  readonly workflow: string
  readonly phase: string
  readonly message: string
  readonly ended: boolean
  readonly stopped?: string
  readonly rejected?: string
  readonly deleted?: boolean
  readonly submitted?: string
  readonly status: { readonly nodes?: Readonly<Record<string, Readonly<Record<string, unknown>>>> }
}

export function readCases(corpus: string): readonly Case[] {
  return readFileSync(join(corpus, 'index.tsv'), 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'))
    .filter(
      ([, kinds, kind]) =>
        (kind === 'process' || kind === 'object-storage') && (kinds ?? '').split('+').includes('Workflow'),
    )
    .map(([file = '', , , features = '', , expect = '', , , , needs = '']) => {
      const missing = unavailable(corpus, needs)
      const recorded = readRecorded(corpus, file)
      return {
        file,
        features,
        expect,
        support: supportOf(corpus, needs),
        ...(missing === undefined ? {} : { missing }),
        ...(recorded === undefined ? {} : { recorded }),
      }
    })
}

function readRecorded(corpus: string, file: string): Recorded | undefined {
  const path = join(corpus, 'status', `${file}.json`)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Recorded) : undefined
}

/** Secrets that were in the namespace of every recorded run, whether an index line says so or not. */
const always = ['support/secret-my-minio-cred.yaml', 'support/secret-my-httpbin-cred.yaml']

function supportOf(corpus: string, needs: string): readonly string[] {
  const named = [...needs.matchAll(/(?:configmap|secret):[^=\s]+=(\S+)/g)].map(([, path = '']) => path)
  return [...new Set([...always, ...named])].map((path) => join(corpus, path))
}

function unavailable(corpus: string, needs: string): string | undefined {
  const words = needs.split(' ')
  for (const word of words) {
    if (['azure', 'gcs', 'hdfs', 'oss', 'sync-db', 'node', 'git'].includes(word)) return `needs ${word}`
    const path = /^(?:configmap|secret):[^=]+=(.+)$/.exec(word)?.[1]
    if (path !== undefined && !existsSync(join(corpus, path))) return `needs ${word}`
    if (/^secret:[^=]+$/.test(word)) return `needs the object ${word}`
  }
  return undefined
}
