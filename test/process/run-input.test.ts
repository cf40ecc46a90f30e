// What `argo run` makes of files and parameters: values, warnings, refusals with their place. Runs of the built program.

import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openLaptop, shellWorkflow } from '../rig/laptop.ts'

const patient = { timeout: 60_000 }

describe.concurrent('parameters', () => {
  test(
    'lists and objects of --parameter-file arrive as JSON, numbers and booleans as text',
    patient,
    async () => {
      await using laptop = openLaptop()
      const file = laptop.file(
        'values.yaml',
        'list: [1, {a: b}]\nobject:\n  k: [true]\nnumber: 7\nflag: false\n',
      )
      const names = ['list', 'object', 'number', 'flag']
      const source = names.map((name) => `echo '${name}={{workflow.parameters.${name}}}'`).join('; ')
      const workflow = shellWorkflow(source) as { spec: { arguments?: unknown } }
      workflow.spec.arguments = { parameters: names.map((name) => ({ name, value: 'none' })) }
      const result = await laptop.argo(
        'run',
        laptop.file('w.json', workflow),
        '--parameter-file',
        file,
        '--log',
      )
      for (const line of ['list=[1,{"a":"b"}]', 'object={"k":[true]}', 'number=7', 'flag=false'])
        expect(result.stdout).toContain(`test: ${line}\n`)
      expect(result.exitCode).toBe(0)
    },
  )

  test('-p with an unknown name warns with the nearest one, and is added all the same', patient, async () => {
    await using laptop = openLaptop()
    const workflow = shellWorkflow('true') as { spec: { arguments?: unknown } }
    workflow.spec.arguments = { parameters: [{ name: 'greeting', value: 'hello' }] }
    const file = laptop.file('w.json', workflow)
    const result = await laptop.argo('run', file, '-p', 'greting=hi', '-o', 'json')
    expect(result.stderr).toContain(
      'warning: the workflow has no parameter "greting", did you mean "greeting"?',
    )
    const { spec } = JSON.parse(String(result.stdout)) as {
      spec: { arguments: { parameters: readonly object[] } }
    }
    expect(spec.arguments.parameters).toContainEqual({ name: 'greting', value: 'hi' })
    expect(result.exitCode).toBe(0)
  })

  test('a parameter that is read but not declared is no slip', patient, async () => {
    await using laptop = openLaptop()
    const file = laptop.file('w.json', shellWorkflow('echo {{workflow.parameters.word}}'))
    const result = await laptop.argo('run', file, '-p', 'word=given', '--log')
    expect(result.stdout).toContain('test: given')
    expect(result.stdout).not.toContain('warning')
  })

  test(
    'what an API printed begins anew: status, versions and the labels of an end are dropped',
    patient,
    async () => {
      await using laptop = openLaptop()
      const workflow = {
        ...(shellWorkflow('echo ran') as object),
        metadata: {
          name: 'test',
          uid: '0f0f0f0f-0000-4000-8000-000000000000',
          resourceVersion: '77',
          creationTimestamp: '2020-01-01T00:00:00Z',
          labels: {
            mine: 'kept',
            'workflows.argoproj.io/completed': 'true',
            'workflows.argoproj.io/phase': 'Failed',
          },
        },
        status: { phase: 'Failed', message: 'long ago', nodes: {} },
      }
      const result = await laptop.argo('run', laptop.file('again.json', workflow), '-o', 'json')
      expect(result.exitCode, String(result.stderr)).toBe(0)
      expect(JSON.parse(String(result.stdout))).toMatchObject({
        metadata: { labels: { mine: 'kept', 'workflows.argoproj.io/phase': 'Succeeded' } },
        status: { phase: 'Succeeded' },
      })
    },
  )
})

describe.concurrent('bad input ends with 2 and says where', () => {
  const cases: readonly (readonly [string, string | undefined, RegExp])[] = [
    ['a missing file', undefined, /nope\.yaml.*no such file/],
    ['an empty file', '', /holds no document/],
    ['a broken file', 'spec: [1\nkind: }', /:2:\d+: /],
    ['no workflow', 'kind: ConfigMap\napiVersion: v1\nmetadata: {name: x}', /there is no Workflow/],
    [
      'another kind',
      'kind: CronWorkflow\napiVersion: argoproj.io/v1alpha1',
      /only Workflow, ConfigMap and Secret/,
    ],
    ['a text', 'hello', /bad\.yaml:1:1: the document is no object: only Workflow/],
    [
      'a list as second document',
      'kind: Secret\nmetadata: {name: s}\n---\n# x\n- a',
      /:5:1: the document is a list/,
    ],
    ['an object without kind', '\nmetadata: {}', /bad\.yaml:2:1: the document has no kind/],
    ['the place of another kind', 'apiVersion: v1\nkind: Pod', /bad\.yaml:2:1: kind: "Pod": only Workflow/],
    [
      'a ConfigMap without name',
      'kind: ConfigMap\nmetadata:\n  labels: {}',
      /:2:1: metadata\.name: is missing/,
    ],
    [
      'a name that is none, with all else',
      JSON.stringify(shellWorkflow('echo {{workflow.nmae}}')).replace('"test"', '"Bad_Name"'),
      /{{workflow\.nmae}}[^]*bad\.yaml:1:\d+: metadata\.name: "Bad_Name" is no name/,
    ],
    [
      'an unknown field',
      JSON.stringify(shellWorkflow('true')).replace('"container"', '"containr"'),
      /containr.*did you mean 'container'/,
    ],
    [
      'an unresolvable tag',
      JSON.stringify(shellWorkflow('echo {{workflow.nmae}}')),
      /failed to resolve \{\{workflow\.nmae\}\}/,
    ],
  ]
  test.each(cases)('%s', patient, async (_name, content, message) => {
    await using laptop = openLaptop()
    const file = content === undefined ? join(laptop.folder, 'nope.yaml') : laptop.file('bad.yaml', content)
    const result = await laptop.argo('run', file)
    expect(result.stderr).toMatch(message)
    expect(result.exitCode).toBe(2)
  })
})

test('a bad --name is told as such', patient, async () => {
  await using laptop = openLaptop()
  const result = await laptop.argo('run', laptop.file('w.json', shellWorkflow('true')), '--name', 'Bad_Name')
  expect(result.stderr).toContain('--name: "Bad_Name" is no name of an object')
  expect(result.exitCode).toBe(2)
})
