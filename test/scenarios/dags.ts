// Which tasks of a graph run, and what the graph comes to: depends, target, failFast, continueOn.

import { given, outcomes, sh, workflow, type Fields, type Scenario } from './scenario.ts'

/** Outlives a failing neighbour, also where pods start slowly. */
const slow = sh('slow', 'sleep 4')

function dag(tasks: readonly Fields[], more: Fields = {}): Scenario['workflow'] {
  return workflow([{ name: 'main', dag: { tasks, ...more } }, slow, ...outcomes])
}

const task = (name: string, template: string, more: Fields = {}): Fields => ({ name, template, ...more })

export const dags: readonly Scenario[] = [
  {
    name: 'dag: depends on each result of a task',
    workflow: dag([
      task('a', 'ok'),
      task('b', 'fail', { depends: 'a' }),
      task('on-failed', 'ok', { depends: 'b.Failed' }),
      task('on-succeeded', 'ok', { depends: 'b.Succeeded' }),
      task('mixed', 'ok', { depends: '(on-failed.Succeeded || on-succeeded.Succeeded) && a && !b' }),
      task('skipped', 'ok', { depends: 'a', when: "'x' == 'y'" }),
      task('on-skipped', 'ok', { depends: 'skipped.Skipped && on-succeeded.Omitted' }),
    ]),
    phase: 'Succeeded',
    nodes: {
      b: { phase: 'Failed' },
      'on-failed': { phase: 'Succeeded' },
      'on-succeeded': { phase: 'Omitted' },
      mixed: { phase: 'Succeeded' },
      skipped: { phase: 'Skipped' },
      'on-skipped': { phase: 'Succeeded' },
    },
  },
  {
    name: 'dag: depends on AnySucceeded and AllFailed of a loop',
    workflow: dag([
      task('some', 'exit', { withItems: [0, 1], ...given({ n: '{{item}}' }) }),
      task('none', 'exit', { withItems: [1, 2], ...given({ n: '{{item}}' }) }),
      task('any-of-some', 'ok', { depends: 'some.AnySucceeded' }),
      task('any-of-none', 'ok', { depends: 'none.AnySucceeded' }),
      task('all-of-some', 'ok', { depends: 'some.AllFailed' }),
      task('all-of-none', 'ok', { depends: 'none.AllFailed' }),
      task('last', 'ok', { depends: 'any-of-some && all-of-none && any-of-none.Omitted' }),
    ]),
    phase: 'Failed',
    nodes: {
      some: { phase: 'Failed' },
      none: { phase: 'Failed' },
      'any-of-some': { phase: 'Succeeded' },
      'any-of-none': { phase: 'Omitted' },
      'all-of-some': { phase: 'Omitted' },
      'all-of-none': { phase: 'Succeeded' },
      last: { phase: 'Succeeded' },
    },
  },
  {
    name: 'dag: target runs what it needs and nothing else',
    workflow: workflow(
      [
        {
          name: 'main',
          inputs: { parameters: [{ name: 'target', value: '{{workflow.parameters.target}}' }] },
          dag: {
            target: '{{inputs.parameters.target}}',
            tasks: [
              task('a', 'ok'),
              task('b', 'fail', { dependencies: ['a'], continueOn: { failed: true } }),
              task('c', 'ok', { dependencies: ['b'] }),
              task('d', 'ok', { dependencies: ['a'] }),
              task('beyond', 'fail', { dependencies: ['d'] }),
              task('apart', 'fail'),
            ],
          },
        },
        ...outcomes,
      ],
      given({ target: 'c d' }),
    ),
    phase: 'Succeeded',
    nodes: {
      b: { phase: 'Failed' },
      c: { phase: 'Succeeded' },
      d: { phase: 'Succeeded' },
      beyond: { absent: true },
      apart: { absent: true },
    },
  },
  {
    name: 'dag: a failure lets the branches beside it go on',
    workflow: dag([
      task('fails', 'fail'),
      task('first', 'slow'),
      task('after-first', 'ok', { dependencies: ['first'] }),
      task('after-fails', 'ok', { dependencies: ['fails'] }),
    ]),
    phase: 'Failed',
    nodes: {
      first: { phase: 'Succeeded' },
      'after-first': { phase: 'Succeeded' },
      'after-fails': { phase: 'Omitted' },
    },
  },
  {
    name: 'dag: the same without failFast',
    workflow: dag(
      [
        task('fails', 'fail'),
        task('first', 'slow'),
        task('after-first', 'ok', { dependencies: ['first'] }),
        task('after-fails', 'ok', { dependencies: ['fails'] }),
      ],
      { failFast: false },
    ),
    phase: 'Failed',
    nodes: { 'after-first': { phase: 'Succeeded' }, 'after-fails': { phase: 'Omitted' } },
  },
  {
    name: 'dag: continueOn.failed of a loop',
    workflow: dag([
      task('loop', 'exit', {
        withItems: [0, 3],
        continueOn: { failed: true },
        ...given({ n: '{{item}}' }),
      }),
      task('next', 'ok', { dependencies: ['loop'] }),
    ]),
    phase: 'Succeeded',
    nodes: {
      'loop(1:3)': { phase: 'Failed', message: /exit code 3/ },
      loop: { phase: 'Failed' },
      next: { phase: 'Succeeded' },
    },
  },
  {
    name: 'dag: a `when` that cannot be read is an error that others can depend on',
    workflow: dag([
      task('bad', 'ok', { when: 'foo bar baz' }),
      task('saves', 'ok', { depends: 'bad.Errored' }),
    ]),
    phase: 'Succeeded',
    nodes: { bad: { phase: 'Error' }, saves: { phase: 'Succeeded' } },
  },
]
