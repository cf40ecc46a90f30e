// Schema and validation against the corpus: ARGO_TEMPLATE texts of real pods, validation messages, names.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { decodeStruct, decodeWorkflow } from '../../../src/spec/decode.ts'
import { encodeTemplate } from '../../../src/spec/encode.ts'
import { parseManifests } from '../../../src/spec/manifest/parse-manifests.ts'
import { isError } from '../../../src/spec/problem.ts'
import type { Template } from '../../../src/spec/types.ts'
import { nameProblems } from '../../../src/spec/validate/names.ts'
import { argoErrorText, validateWorkflow } from '../../../src/spec/validate-workflow.ts'
import { describeNeeding } from '../../rig/needs.ts'
import { report } from '../../rig/report.ts'
import { sharedDir } from '../../rig/shared.ts'
import { runVectors } from '../../rig/vectors.ts'

describeNeeding({ shared: true }, 'the corpus', () => {
  it('ARGO_TEMPLATE of every covered pod is written as Go writes it', () => {
    const counts = { equal: 0, uncovered: 0, placeholder: 0 }
    for (const text of argoTemplates()) {
      const { value, problems } = decodeStruct<Template>('Template', JSON.parse(text))
      if (problems.some(isError)) counts.uncovered++
      // The corpus writes <ip> and <time> for values of its runs, unescaped; `{}` is no template.
      else if (/<[a-z]+>/.test(text) || text === '{}') counts.placeholder++
      else {
        expect(encodeTemplate(value)).toBe(text)
        counts.equal++
      }
    }
    report(`ARGO_TEMPLATE: ${JSON.stringify(counts)}`)
    expect(counts.equal).toBeGreaterThan(0)
  })

  it('validate', () => {
    interface Input {
      kind: string
      object: object
      opts?: Record<string, boolean>
      defaults?: unknown
      templates?: unknown
    }
    const { passed, failures } = runVectors<Input, { error: string | null }>(
      'validate',
      ({ in: input, out }) => {
        if (input.kind !== 'Workflow') return 'of other kinds'
        if (input.templates !== undefined || input.defaults !== undefined) return 'with workflow templates'
        if (input.opts?.['WorkflowTemplateValidation'] === true) return 'with workflow templates'
        const { workflow, problems } = decodeWorkflow(input.object)
        if (problems.some(({ kind }) => kind === 'uncovered')) return 'with uncovered fields'
        if (out.error?.includes('__placeholder-')) return 'whose message holds a counter of the original'
        const options = { allowEmptyArguments: input.opts?.['Lint'] === true }
        const found = [...problems, ...validateWorkflow(workflow, options)]
        return { actual: argoErrorText(found) ?? null, expected: out.error }
      },
    )
    expect(failures).toEqual([])
    expect(passed).toBeGreaterThan(0)
  })

  it('field-names', () => {
    interface Output {
      parameterOrArtifact: string | null
      templateOrStep: string | null
    }
    const { passed, failures } = runVectors<string, Output>('field-names', ({ in: name, out }) => {
      const first = (kind: 'parameter' | 'template'): string | null =>
        nameProblems([{ name }], kind)[0]?.argoMessage ?? null
      return {
        actual: { parameterOrArtifact: first('parameter'), templateOrStep: first('template') },
        expected: out,
      }
    })
    expect(failures).toEqual([])
    expect(passed).toBeGreaterThan(0)
  })

  it('every manifest is read, and a covered workflow that runs has no problem', () => {
    const counts = { workflows: 0, covered: 0 }
    const surprises: string[] = []
    for (const { file, kind, expected } of indexRows()) {
      const { documents, problems } = parseManifests(readFileSync(join(corpus(), file), 'utf8'), file)
      expect(problems.filter(isError).map(({ message }) => `${file}: ${message}`)).toEqual([])
      const workflows = documents.filter((document) => document.kind === 'Workflow')
      if (workflows.length === 0) continue
      const decoded = workflows.map(({ value }) => decodeWorkflow(value))
      const isCovered = !decoded.some(({ problems: found }) => found.some(isError))
      if (kind === 'process' || kind === 'object-storage') {
        counts.workflows++
        if (isCovered) counts.covered++
      }
      if (!isCovered || !/^(Succeeded|Failed$|Error$)/.test(expected)) continue
      for (const { workflow } of decoded) {
        surprises.push(
          ...validateWorkflow(workflow).map(({ path, message }) => `${file}: ${path}: ${message}`),
        )
      }
    }
    report(`corpus: ${JSON.stringify(counts)}`)
    expect(surprises).toEqual([])
    // What was promised: 90 of 214.
    expect(counts.covered / counts.workflows).toBeGreaterThan(0.42)
  })
})

function corpus(): string {
  return join(sharedDir() ?? '', 'corpus')
}

function indexRows(): { file: string; kind: string; expected: string }[] {
  const [, ...lines] = readFileSync(join(corpus(), 'index.tsv'), 'utf8').trimEnd().split('\n')
  return lines.map((line) => {
    const [file = '', , kind = '', , , expected = ''] = line.split('\t')
    return { file, kind, expected }
  })
}

interface Pod {
  spec?: Record<'initContainers' | 'containers', { env?: { name: string; value?: string }[] }[] | undefined>
}

function argoTemplates(): string[] {
  const folder = join(corpus(), 'pods')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.json'),
  )
  return files.flatMap((file) => {
    const { objects = [] } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
      objects?: { object: Pod }[]
    }
    return objects.flatMap(({ object }) =>
      [...(object.spec?.initContainers ?? []), ...(object.spec?.containers ?? [])]
        .flatMap(({ env = [] }) => env)
        .filter(({ name, value }) => name === 'ARGO_TEMPLATE' && value?.startsWith('{') === true)
        .map(({ value = '' }) => value),
    )
  })
}
