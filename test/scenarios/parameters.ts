// Where values come from: ConfigMaps, defaults, outputs of steps, outputs of the workflow, tags of the workflow.

import { given, sh, tell, workflow, type Fields, type Scenario } from './scenario.ts'

const step = (name: string, template: string, more: Fields = {}): Fields => ({ name, template, ...more })

const fromMap = (name: string, key: string, fallback?: string): Fields => ({
  configMapKeyRef: { name, key },
  ...(fallback === undefined ? {} : { default: fallback }),
})

export const parameters: readonly Scenario[] = [
  {
    name: 'parameters of a ConfigMap: of the workflow, of a template, with a tag as key, with a default',
    objects: () => [
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name: 'scenario-values',
          labels: { 'workflows.argoproj.io/configmap-type': 'Parameter' },
        },
        data: { msg: 'hello äö "quoted" \\ back', n: '3' },
      },
    ],
    workflow: workflow(
      [
        {
          name: 'main',
          inputs: {
            parameters: [
              { name: 'here', valueFrom: fromMap('scenario-values', '{{workflow.parameters.key}}') },
              { name: 'nowhere', valueFrom: fromMap('scenario-none', 'k', 'd2') },
            ],
          },
          steps: [
            [
              step('a', 'tell', given({ v: '{{workflow.parameters.msg}}' })),
              step(
                'b',
                'tell',
                given({
                  v: '{{workflow.parameters.none}} {{inputs.parameters.here}} {{inputs.parameters.nowhere}}',
                }),
              ),
            ],
          ],
        },
        tell,
      ],
      {
        arguments: {
          parameters: [
            { name: 'msg', valueFrom: fromMap('scenario-values', 'msg') },
            { name: 'none', valueFrom: fromMap('scenario-values', 'no-such-key', 'd1') },
            { name: 'key', value: 'n' },
          ],
        },
      },
    ),
    phase: 'Succeeded',
    nodes: {
      a: { parameters: { v: 'hello äö "quoted" \\ back' } },
      b: { parameters: { v: 'd1 3 d2' } },
    },
  },
  {
    name: 'a ConfigMap that is not there, and no default',
    workflow: workflow([
      {
        ...sh('main', 'true'),
        inputs: { parameters: [{ name: 'p', valueFrom: fromMap('scenario-absent', 'k') }] },
      },
    ]),
    phase: 'Error',
    message: /scenario-absent/,
  },
  {
    name: 'outputs under a global name, parameter and artifact',
    workflow: workflow([
      {
        name: 'main',
        dag: {
          tasks: [
            step('make', 'make'),
            step('use', 'use', {
              depends: 'make',
              arguments: {
                parameters: [{ name: 'v', value: '{{workflow.outputs.parameters.everywhere}}' }],
                artifacts: [{ name: 'a', from: '{{workflow.outputs.artifacts.file}}' }],
              },
            }),
          ],
        },
      },
      sh('make', "printf 'two\\nlines\\n' >/tmp/p; echo content >/tmp/a", {
        outputs: {
          parameters: [{ name: 'p', globalName: 'everywhere', valueFrom: { path: '/tmp/p' } }],
          artifacts: [{ name: 'a', globalName: 'file', path: '/tmp/a' }],
        },
      }),
      {
        ...sh('use', 'printf "%s|%s" "{{inputs.parameters.v}}" "$(cat /tmp/a)" >/tmp/v'),
        inputs: { parameters: [{ name: 'v' }], artifacts: [{ name: 'a', path: '/tmp/a' }] },
        outputs: { parameters: [{ name: 'v', valueFrom: { path: '/tmp/v' } }] },
      },
    ]),
    phase: 'Succeeded',
    nodes: { use: { parameters: { v: 'two\nlines|content' } } },
  },
  {
    name: 'tags of the workflow and of the pod',
    workflow: {
      ...workflow([{ name: 'main', steps: [[step('a', 'tell', given({ v: tags() }))]] }, tell], {
        ...given({ who: 'a b' }),
        serviceAccountName: 'default',
      }),
      metadata: {
        generateName: 'scenario-',
        labels: { team: 'blue' },
        annotations: { note: 'x' },
      },
    },
    phase: 'Succeeded',
    nodes: { a: { parameters: { v: 'a b|main|default|blue|x' } } },
  },
  {
    name: 'outputs of a step that was skipped: the default, or the input of the next',
    workflow: workflow([
      {
        name: 'main',
        steps: [
          [step('skipped', 'make', { when: '1 == 2' })],
          [
            step('plain', 'lenient', given({ v: '{{steps.skipped.outputs.parameters.plain}}' })),
            step('fallback', 'lenient', given({ v: '{{steps.skipped.outputs.parameters.fallback}}' })),
          ],
        ],
      },
      sh('make', 'echo 1 >/tmp/o', {
        outputs: {
          parameters: [
            { name: 'plain', valueFrom: { path: '/tmp/o' } },
            { name: 'fallback', valueFrom: { path: '/tmp/o', default: 'of the output' } },
          ],
        },
      }),
      { ...tell, name: 'lenient', inputs: { parameters: [{ name: 'v', default: 'of the input' }] } },
    ]),
    phase: 'Succeeded',
    nodes: {
      plain: { parameters: { v: 'of the input' } },
      fallback: { parameters: { v: 'of the output' } },
    },
  },
  {
    name: 'outputs of steps: parameter, result, and a default for a step that did not run',
    workflow: workflow([
      {
        name: 'main',
        steps: [
          [
            step('a', 'tell', given({ v: 'deep' })),
            step('no', 'tell', { when: 'false', ...given({ v: 'x' }) }),
          ],
        ],
        outputs: {
          parameters: [
            { name: 'p', valueFrom: { parameter: '{{steps.a.outputs.parameters.v}}' } },
            { name: 'q', valueFrom: { parameter: '{{steps.no.outputs.parameters.v}}', default: 'instead' } },
          ],
        },
      },
      tell,
    ]),
    phase: 'Succeeded',
    nodes: { '*': { parameters: { p: 'deep', q: 'instead' } } },
  },
]

function tags(): string {
  const names = ['parameters.who', 'mainEntrypoint', 'serviceAccountName', 'labels.team', 'annotations.note']
  return names.map((name) => `{{workflow.${name}}}`).join('|')
}
