// How a workflow ends: exit handlers and what they know, deadlines.

import { busybox, given, outcomes, sh, tell, workflow, type Fields, type Scenario } from './scenario.ts'

const step = (name: string, template: string, more: Fields = {}): Fields => ({ name, template, ...more })

export const endings: readonly Scenario[] = [
  {
    name: 'onExit knows status, failures, duration and global outputs; a step has one of its own',
    workflow: workflow(
      [
        { name: 'main', steps: [[step('make', 'make', { onExit: 'ok' })], [step('fails', 'fail')]] },
        sh('make', 'printf made >/tmp/p', {
          outputs: { parameters: [{ name: 'p', globalName: 'made', valueFrom: { path: '/tmp/p' } }] },
        }),
        {
          name: 'bye',
          steps: [
            [
              step('on-failed', 'tell', {
                when: '{{workflow.status}} == Failed',
                ...given({ v: '{{workflow.outputs.parameters.made}} {{workflow.parameters.who}}' }),
              }),
              step('on-succeeded', 'ok', { when: '{{workflow.status}} == Succeeded' }),
              step('why', 'why', given({ f: '{{workflow.failures}}', d: '{{workflow.duration}}' })),
            ],
          ],
        },
        {
          name: 'why',
          inputs: { parameters: [{ name: 'f' }, { name: 'd' }] },
          outputs: { parameters: [{ name: 'first', valueFrom: { path: '/tmp/first' } }] },
          script: {
            image: 'debian:12',
            command: ['python3'],
            source: [
              'import json',
              'failures = json.loads({{inputs.parameters.f}})',
              "assert float('{{inputs.parameters.d}}') > 0",
              "first = next(one for one in failures if one['displayName'] == 'fails')",
              "open('/tmp/first', 'w').write(first['templateName'] + ' ' + first['phase'] + ' ' + first['message'])",
            ].join('\n'),
          },
        },
        tell,
        ...outcomes,
      ],
      { onExit: 'bye', ...given({ who: 'world' }) },
    ),
    phase: 'Failed',
    nodes: {
      'make.onExit': { phase: 'Succeeded' },
      'on-failed': { parameters: { v: 'made world' } },
      'on-succeeded': { phase: 'Skipped' },
      why: { parameters: { first: 'fail Failed main: Error (exit code 7)' } },
    },
  },
  {
    name: 'an onExit that fails makes a workflow fail that had succeeded',
    workflow: workflow([sh('main', 'true'), sh('bye', 'echo {{workflow.status}}; exit 4')], {
      onExit: 'bye',
    }),
    phase: 'Failed',
    message: /exit code 4/,
  },
  {
    name: 'a deadline of the workflow ends what runs, starts nothing more, and runs onExit',
    workflow: workflow(
      [
        {
          name: 'main',
          dag: {
            tasks: [
              step('quick', 'ok'),
              step('slow', 'slow'),
              step('after', 'ok', { dependencies: ['slow'] }),
            ],
          },
        },
        {
          name: 'bye',
          outputs: { parameters: [{ name: 'status', valueFrom: { path: '/tmp/s' } }] },
          container: {
            image: busybox,
            command: ['sh', '-c', 'printf "%s" "{{workflow.status}}" >/tmp/s'],
          },
        },
        sh('slow', 'sleep 300'),
        ...outcomes,
      ],
      { activeDeadlineSeconds: 10, onExit: 'bye' },
    ),
    phase: 'Failed',
    nodes: {
      quick: { phase: 'Succeeded' },
      slow: { phase: 'Failed', message: /deadline/i },
    },
  },
]
