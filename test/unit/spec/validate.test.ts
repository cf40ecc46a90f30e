// Validation beyond the vectors: all problems at once, each with its path and the name that was meant.

import { describe, expect, it } from 'vitest'
import { decodeWorkflow } from '../../../src/spec/decode.ts'
import { validateWorkflow } from '../../../src/spec/validate-workflow.ts'

const echo = {
  name: 'echo',
  inputs: { parameters: [{ name: 'message' }] },
  container: { image: 'x', args: ['{{inputs.parameters.message}}'] },
}
const given = { parameters: [{ name: 'message', value: 'a' }] }

function problems(templates: readonly object[], spec: object = {}): string[] {
  const { workflow } = decodeWorkflow({ spec: { entrypoint: 'main', templates, ...spec } })
  return validateWorkflow(workflow).map(({ path, message }) => `${path}: ${message}`)
}

function steps(...groups: object[][]): object {
  return { name: 'main', steps: groups }
}

function dag(...tasks: object[]): object {
  return { name: 'main', dag: { tasks } }
}

describe('validate', () => {
  it('tells everything at once, each with its path', () => {
    const found = problems([
      steps([
        { name: 'a', template: 'ecko', arguments: given },
        { name: 'a', template: 'echo' },
        {
          name: 'b',
          template: 'echo',
          arguments: { parameters: [{ name: 'message', value: '{{steps.a.output.result}}' }] },
        },
      ]),
      echo,
      { name: 'leaf', container: { args: ['{{inputs.parameters.x}}'] } },
    ])
    expect(found).toEqual([
      "spec.templates[0].steps[0][0].template: template 'ecko' does not exist, did you mean 'echo'?",
      "spec.templates[0].steps[0][1].name: 'a' is not unique",
      'spec.templates[0].steps[0][2].arguments.parameters[0].value: failed to resolve {{steps.a.output.result}}',
      "spec.templates[0].steps[0][1].template: inputs.parameters.message was not supplied to template 'echo'",
      'spec.templates[2].container.args[0]: failed to resolve {{inputs.parameters.x}}',
      'spec.templates[2].container: image may not be empty',
    ])
  })

  it('suggests the tag that was probably meant', () => {
    expect(
      problems(
        [{ ...echo, name: 'main', container: { image: 'x', args: ['{{inputs.parameters.mesage}}'] } }],
        { arguments: given },
      ),
    ).toEqual([
      'spec.templates[0].container.args[0]: failed to resolve {{inputs.parameters.mesage}}, did you mean {{inputs.parameters.message}}?',
    ])
  })

  const named = (metadata: object): string[] =>
    validateWorkflow(
      decodeWorkflow({ metadata, spec: { entrypoint: 'main', templates: [{ name: 'main' }] } }).workflow,
    )
      .filter(({ path }) => path.startsWith('metadata'))
      .map(({ path, message }) => `${path}: ${message}`)
  it.each([
    [
      { name: 'Bad_Name' },
      /^metadata\.name: "Bad_Name" is no name of an object: it must consist of lower case/,
    ],
    [{ name: 'ends-' }, /^metadata\.name: "ends-" is no name/],
    [{ name: 'a'.repeat(64) }, /^metadata\.name: must not be more than 63 characters long \(currently 64\)$/],
    [{ generateName: 'Bad_' }, /^metadata\.generateName: "Bad_" is no name/],
  ])('refuses the name of an object that the API would refuse: %j', (metadata, message) => {
    const found = named(metadata)
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(message)
  })
  it.each([{ name: 'a.b-c9' }, { generateName: 'ends-' }, { name: 'a'.repeat(63) }, {}])(
    'takes the names of %j',
    (metadata) => {
      expect(named(metadata)).toEqual([])
    },
  )

  it('lets templates call themselves', () => {
    expect(problems([steps([{ name: 'again', template: 'main', when: '{{workflow.name}} == x' }])])).toEqual(
      [],
    )
  })

  it('finds circles, missing tasks, targets and mixed conditions of a dag', () => {
    const task = (name: string, more: object): object => ({
      name,
      template: 'echo',
      arguments: given,
      ...more,
    })
    expect(problems([dag(task('a', { depends: 'b' }), task('b', { depends: 'a' })), echo])).toEqual([
      'spec.templates[0].dag.tasks[0]: tasks depend on each other in a circle: a -> b -> a',
    ])
    expect(problems([dag(task('a', { dependencies: ['zz'] })), echo])).toEqual([
      "spec.templates[0].dag.tasks[0].dependencies: dependency 'zz' not defined",
    ])
    expect(
      problems([
        dag(task('a', {}), task('b', { depends: 'a.AnySucceeded', continueOn: { failed: true } })),
        echo,
      ]),
    ).toEqual([
      "spec.templates[0].dag.tasks[1].continueOn: cannot use 'continueOn' when using 'depends'. Instead use 'dep-task.Failed'/'dep-task.Errored'",
      "spec.templates[0].dag.tasks[1].depends: dependency 'a' uses an items-based condition such as .AnySucceeded or .AllFailed but does not contain any items",
    ])
    const withTarget = { name: 'main', dag: { target: 'a b', tasks: [task('a', {})] } }
    expect(problems([withTarget, echo])).toEqual(["spec.templates[0].dag.target: target 'b' is not defined"])
  })

  it('is not exhausted by a long chain or a wide dag', () => {
    const tasks = Array.from({ length: 3000 }, (_, index) => ({
      name: `t${index}`,
      template: 'echo',
      arguments: given,
      ...(index > 0 && { dependencies: [`t${index - 1}`] }),
    }))
    expect(problems([dag(...tasks), echo])).toEqual([])
  })

  it('is not exhausted by templates that call each other in a long chain', () => {
    const chain = Array.from({ length: 3000 }, (_, index) => ({
      name: index === 0 ? 'main' : `t${index}`,
      steps: [[{ name: 's', template: `t${index + 1}` }]],
    }))
    const [problem] = problems([...chain, { name: 't3000', container: { image: 'x' } }])
    expect(problem).toContain('templates call each other more than 200 deep')
  })

  it('knows what each kind of loop brings', () => {
    const step = (more: object): object => ({
      name: 's',
      template: 'echo',
      arguments: { parameters: [{ name: 'message', value: '{{item.os}}' }] },
      ...more,
    })
    expect(problems([steps([step({ withItems: [{ os: 'a' }] })]), echo])).toEqual([])
    expect(problems([steps([step({ withParam: '[]' })]), echo])).toEqual([])
    expect(problems([steps([step({ withItems: [{ as: 'a' }] })]), echo])).toHaveLength(1)
    expect(problems([steps([step({ withItems: ['a'], withParam: '[]' })]), echo])).toContain(
      'spec.templates[0].steps[0][0]: only one of withItems, withParam, withSequence can be specified',
    )
  })

  it('checks exit handlers, shutdown and templates without a type', () => {
    const leaf = { name: 'main', container: { image: 'x' } }
    expect(problems([leaf], { onExit: 'mian', shutdown: 'Now' })).toEqual([
      "spec.onExit: template 'mian' does not exist, did you mean 'main'?",
      "spec.shutdown: 'Now' is none of: Stop, Terminate",
    ])
    expect(problems([{ name: 'main' }])).toEqual([
      'spec.templates[0]: has no type: give it one of container, script, steps, dag',
    ])
  })

  it('knows the phase everywhere, the failures in exit handlers only', () => {
    const says = (name: string, text: string): object => ({ name, container: { image: 'x', args: [text] } })
    const text = '{{workflow.status}} {{workflow.failures}}'
    expect(problems([says('main', text)])).toEqual([
      'spec.templates[0].container.args[0]: failed to resolve {{workflow.failures}}',
    ])
    expect(problems([says('main', '{{workflow.status}}'), says('last', text)], { onExit: 'last' })).toEqual(
      [],
    )
    expect(problems([says('main', '{{workflow.priority}}')], { priority: 1 })).toEqual([])
  })

  it('does not echo what is refused as not covered', () => {
    const main = steps([{ name: 'a', template: 'suspended' }], [{ name: 'b', templateRef: { name: 'x' } }])
    const user = {
      name: 'c',
      template: 'echo',
      arguments: { parameters: [{ name: 'message', value: '{{steps.b.outputs.result}}' }] },
    }
    const all = { ...main, steps: [...(main as { steps: object[] }).steps, [user]] }
    expect(problems([all, { name: 'suspended', suspend: {} }, echo])).toEqual([])
    expect(problems([], { workflowTemplateRef: { name: 'x' }, entrypoint: '' })).toEqual([])
    expect(
      problems([{ name: 'main', container: {} }], { templateDefaults: { container: { image: 'x' } } }),
    ).toEqual([])
  })

  it('leaves braces alone that are no tags of ours', () => {
    const args = ['docker ps --format {{.Names}}', 'echo {{ foo }}', '{{}}']
    expect(problems([{ name: 'main', container: { image: 'x', args } }])).toEqual([])
  })
})
