// Steps that run more than once, or not at all: withItems, withSequence, withParam, when, continueOn, recursion, nesting.

import { busybox, given, outcomes, sh, tell, workflow, type Fields, type Scenario } from './scenario.ts'

const step = (name: string, template: string, more: Fields = {}): Fields => ({ name, template, ...more })

const item = given({ v: '{{item}}' })

export const loops: readonly Scenario[] = [
  {
    name: 'steps: continueOn.failed, of a step and of a loop, and the status that the next one sees',
    workflow: workflow([
      {
        name: 'main',
        steps: [
          [
            step('fails', 'fail', { continueOn: { failed: true } }),
            step('loop', 'exit', {
              withItems: [0, 3],
              continueOn: { failed: true },
              ...given({ n: '{{item}}' }),
            }),
            step('skipped', 'ok', { when: '1 == 2' }),
          ],
          [
            step('after', 'tell', {
              when: '{{steps.fails.exitCode}} == 7 && {{steps.fails.status}} == Failed',
              ...given({ v: '{{steps.fails.status}} {{steps.fails.exitCode}} {{steps.skipped.status}}' }),
            }),
          ],
        ],
      },
      tell,
      ...outcomes,
    ]),
    phase: 'Succeeded',
    nodes: {
      fails: { phase: 'Failed' },
      'loop(0:0)': { phase: 'Succeeded' },
      'loop(1:3)': { phase: 'Failed' },
      skipped: { phase: 'Skipped' },
      after: { parameters: { v: 'Failed 7 Skipped' } },
    },
  },
  {
    name: 'steps: a failure ends them after its group',
    workflow: workflow([
      { name: 'main', steps: [[step('fails', 'fail'), step('other', 'ok')], [step('never', 'ok')]] },
      ...outcomes,
    ]),
    phase: 'Failed',
    message: /^child '.*' failed$/,
    nodes: { other: { phase: 'Succeeded' }, never: { absent: true } },
  },
  {
    name: 'withSequence: count, start, end, format, backwards, none',
    workflow: workflow([
      {
        name: 'main',
        steps: [
          [
            step('count', 'tell', { withSequence: { count: '2', start: '5' }, ...item }),
            step('back', 'tell', { withSequence: { start: '2', end: '1', format: 'n%02d' }, ...item }),
            step('none', 'tell', { withSequence: { count: '0' }, ...item }),
          ],
          [step('all', 'tell', given({ v: '{{steps.back.outputs.parameters.v}}' }))],
        ],
      },
      tell,
    ]),
    phase: 'Succeeded',
    nodes: {
      'count(0:5)': { parameters: { v: '5' } },
      'count(1:6)': { parameters: { v: '6' } },
      'count(2:7)': { absent: true },
      'back(0:n02)': { parameters: { v: 'n02' } },
      'back(1:n01)': { parameters: { v: 'n01' } },
      'none(0:0)': { absent: true },
      all: { parameters: { v: '["n02","n01"]' } },
    },
  },
  {
    name: 'withItems: maps, lists and scalars, with a `when` for each',
    workflow: workflow([
      {
        name: 'main',
        steps: [
          [
            step('map', 'tell', {
              withItems: [
                { a: 1, b: 'x y' },
                { a: 2, b: '(z)' },
              ],
              when: '{{item.a}} < 2',
              ...given({ v: '{{item.b}}' }),
            }),
            step('list', 'tell', { withItems: [[1, 'a']], ...item }),
            step('scalar', 'tell', { withItems: [true, 1.5], ...item }),
          ],
        ],
      },
      tell,
    ]),
    phase: 'Succeeded',
    nodes: {
      'map(0:a:1,b:x y)': { parameters: { v: 'x y' } },
      'map(1:a:2,b:z)': { phase: 'Skipped' },
      'list(0:[1 a])': { parameters: { v: '[1,"a"]' } },
      'scalar(0:true)': { parameters: { v: 'true' } },
      'scalar(1:1.5)': { parameters: { v: '1.5' } },
    },
  },
  {
    name: 'withParam: the outputs of a loop feed the next one',
    workflow: workflow([
      {
        name: 'main',
        dag: {
          tasks: [
            step('first', 'tell', { withItems: ['a', 'b c'], ...item }),
            step('second', 'tell', {
              depends: 'first',
              withParam: '{{tasks.first.outputs.parameters}}',
              ...given({ v: 'got {{item.v}}' }),
            }),
          ],
        },
      },
      tell,
    ]),
    phase: 'Succeeded',
    nodes: {
      'second(0:v:a)': { parameters: { v: 'got a' } },
      'second(1:v:b c)': { parameters: { v: 'got b c' } },
    },
  },
  {
    name: 'when: the result of a step decides',
    workflow: workflow([
      {
        name: 'main',
        steps: [
          [step('flip', 'flip')],
          [
            step('heads', 'ok', { when: '{{steps.flip.outputs.result}} == heads' }),
            step('tails', 'ok', { when: "'{{steps.flip.outputs.result}}' =~ '^t' || 1 > 2" }),
          ],
        ],
      },
      { name: 'flip', script: { image: busybox, command: ['sh'], source: 'echo heads' } },
      ...outcomes,
    ]),
    phase: 'Succeeded',
    nodes: { flip: { result: 'heads' }, heads: { phase: 'Succeeded' }, tails: { phase: 'Skipped' } },
  },
  {
    name: 'steps that call themselves until their result says stop',
    workflow: workflow(
      [
        {
          name: 'main',
          inputs: { parameters: [{ name: 'n' }] },
          steps: [
            [step('less', 'less', given({ n: '{{inputs.parameters.n}}' }))],
            [
              step('again', 'main', {
                when: '{{steps.less.outputs.result}} > 0',
                ...given({ n: '{{steps.less.outputs.result}}' }),
              }),
            ],
          ],
        },
        {
          name: 'less',
          inputs: { parameters: [{ name: 'n' }] },
          script: { image: busybox, command: ['sh'], source: 'echo $(({{inputs.parameters.n}} - 1))' },
        },
      ],
      given({ n: '3' }),
    ),
    phase: 'Succeeded',
    nodes: {
      '[1].again[1].again[0].less': { result: '0' },
      '[1].again[1].again[1].again': { phase: 'Skipped' },
    },
  },
  {
    name: 'a loop of steps within a dag, and the outputs that come out of it',
    workflow: workflow([
      {
        name: 'main',
        dag: {
          tasks: [
            step('outer', 'inner', { withItems: ['a', 'b'], ...item }),
            step('all', 'tell', {
              depends: 'outer',
              ...given({ v: '{{tasks.outer.outputs.parameters.r}}' }),
            }),
          ],
        },
      },
      {
        name: 'inner',
        inputs: { parameters: [{ name: 'v' }] },
        steps: [
          [step('leaf', 'tell', given({ v: 'of {{inputs.parameters.v}}' }))],
          [step('check', 'exit', given({ n: '0' }))],
        ],
        outputs: {
          parameters: [{ name: 'r', valueFrom: { parameter: '{{steps.leaf.outputs.parameters.v}}' } }],
        },
      },
      sh('exit', 'exit {{inputs.parameters.n}}', { inputs: { parameters: [{ name: 'n' }] } }),
      tell,
    ]),
    phase: 'Succeeded',
    nodes: { 'outer(1:b)': { parameters: { r: 'of b' } }, all: { parameters: { v: '["of a","of b"]' } } },
  },
]
